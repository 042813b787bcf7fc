// Opens the guide and its sessions without a network. What offline.js asks for is saved by link; no
// other page passes through here.
"use strict";

const PATIENCE = 3000; // milliseconds: a basement's network often says that it's there, and brings nothing
const AT_ONCE = 4;
const KIND = "guide ";
const PAGE = new RegExp(`^(${new URL(registration.scope).pathname}[^/]+/)(plan/[\\w-]+/)?(session/\\d+/)?$`);
const FILE = /<(?:img|script|link|video)\b[^>]*?\s(?:src|href|poster)="([^"]+)"[^>]*/g;
const FILES = ["font", "image", "script", "style"];
const GONE = [404, 410];

addEventListener("install", () => skipWaiting());

addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  const link = PAGE.exec(new URL(request.url).pathname)?.[1];
  if (request.mode === "navigate" && link) event.respondWith(page(event, link));
  else if (FILES.includes(request.destination)) event.respondWith(file(request));
});

addEventListener("message", (event) => {
  const { action, ...what } = event.data;
  const [port] = event.ports;
  const answer = (action === "save" ? save(what) : remove(what.link)).catch(() => "failed");
  event.waitUntil(answer.then((state) => port.postMessage(state)));
});

// The network's page, or the saved one if the network is away or slow.
async function page(event, link) {
  const fresh = visit(event.request, link);
  event.waitUntil(fresh.catch(() => {}));
  const copy = await saved(link, event.request);
  if (!copy) return fresh;
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE, copy));
  return Promise.race([late, fresh.then((response) => (response.status >= 500 ? copy : response), () => copy)]);
}

async function visit(request, link) {
  const response = await fetch(request);
  if (GONE.includes(response.status)) await remove(link);
  return response;
}

async function saved(link, request) {
  const about = await caches.match(`${link}saved`, { cacheName: KIND + link });
  if (!about) return undefined;
  const { until } = await about.json();
  if (Date.now() < until) return caches.match(request, { cacheName: KIND + link, ignoreSearch: true, ignoreVary: true });
  await remove(link);
  return undefined;
}

// All pages with all their files. What was saved before stays until all of it is there.
async function save({ link, pages, stamp, until }) {
  // One that's gone tells enough, even if the network fails the others.
  const one = (each) => fetch(each, { redirect: "manual" }).catch(() => Response.error());
  const responses = await Promise.all(pages.map(one));
  if (responses.some(({ status }) => GONE.includes(status))) return remove(link);
  if (!responses.every(({ ok }) => ok)) return "failed";
  const texts = await Promise.all(responses.map((response) => response.clone().text()));
  const files = new Set(texts.flatMap(filesOf));

  const cache = await caches.open(KIND + link);
  const before = (await cache.keys()).map(({ url }) => url);
  await keep(cache, [...files].filter((url) => !before.includes(url)));
  await Promise.all(responses.map((response) => cache.put(response.url, response)));
  await cache.put(`${link}saved`, new Response(JSON.stringify({ stamp, until })));

  const now = [...files, ...[...pages, `${link}saved`].map((path) => new URL(path, location).href)];
  await Promise.all(before.filter((url) => !now.includes(url)).map((url) => cache.delete(url)));
  return "saved";
}

// A page's pictures, scripts, and style sheets.
function filesOf(text) {
  return [...text.matchAll(FILE)]
    .filter(([tag]) => !tag.includes('rel="manifest"'))
    .map(([, path]) => new URL(path, location))
    .filter(({ origin }) => origin === location.origin)
    .map(({ href }) => href);
}

// A file that's missing online is missing offline, too.
async function keep(cache, urls) {
  const one = async () => {
    for (let url = urls.pop(); url; url = urls.pop()) {
      const response = await fetch(url);
      if (response.ok) await cache.put(url, response);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, one));
}

async function remove(link) {
  await caches.delete(KIND + link);
  const names = await caches.keys();
  if (!names.some((name) => name.startsWith(KIND))) await registration.unregister();
  return "off";
}

// Their names say what's in them.
async function file(request) {
  return (await caches.match(request, { ignoreVary: true })) ?? fetch(request);
}
