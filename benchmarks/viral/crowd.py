"""The load: `python -m benchmarks.viral.crowd SMTP_PORT TOWN`, the latter as JSON.

Runners arrive at random, at an average rate, without waiting for earlier responses. Commands are
lines of JSON on standard input: {"rate": 5} sets the arrivals per second; {"tell": 1} prints the
records since the last report; {"mails": 1} prints who asked, and the mails per address.
Exits at EOF.
"""

import asyncio
import json
import random
import sys
import time
from itertools import count

from benchmarks.viral.notes import FaultError, times
from benchmarks.viral.runner import Runner, Town

TICK = 0.1


class Crowd:
    def __init__(self, town: Town) -> None:
        self.town, self.rate = town, 0.0
        self.under_way: set[asyncio.Task[None]] = set()
        self.numbers = count(1)
        self.late: list[float] = []  # how late this process wakes up
        self.waiting: list[int] = []  # open requests at each tick

    async def come(self) -> None:
        """Open workload: arrivals don't wait for earlier responses."""
        due = time.monotonic()
        while True:
            if not self.rate:
                await asyncio.sleep(TICK)
                due = time.monotonic()
                continue
            due += random.expovariate(self.rate)
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            task = asyncio.create_task(self.one(Runner(self.town, next(self.numbers))))
            self.under_way.add(task)
            task.add_done_callback(self.under_way.discard)
            self.town.notes.counts["came"] += 1

    async def one(self, runner: Runner) -> None:
        try:
            await runner.comes()
        except (FaultError, OSError, EOFError) as error:
            self.town.notes.faults.append(str(error) or type(error).__name__)
        else:
            self.town.notes.counts["done"] += 1

    async def tick(self) -> None:
        while True:
            due = time.monotonic() + TICK
            await asyncio.sleep(TICK)
            self.late.append(time.monotonic() - due)
            self.waiting.append(self.town.notes.waiting)

    def tell(self) -> dict[str, object]:
        late, waiting = self.late or [0.0], self.waiting or [0]
        self.late, self.waiting = [], []
        return {
            **self.town.notes.take(),
            "under_way": len(self.under_way),
            "late": times(late).p95,
            "waiting": sum(waiting) / len(waiting),
            "asked": len(self.town.asked),
            "mailed": len(self.town.sink.taken),
        }

    async def obey(self) -> None:
        reader = asyncio.StreamReader()
        loop = asyncio.get_running_loop()
        await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
        while line := await reader.readline():
            order = json.loads(line)
            if "rate" in order:
                self.rate = order["rate"]
            elif "tell" in order:
                print(json.dumps(self.tell()), flush=True)
            else:
                told = {"asked": sorted(self.town.asked), "taken": self.town.sink.taken}
                print(json.dumps(told), flush=True)


async def main(smtp: int, town: Town) -> None:
    crowd = Crowd(town)
    always = [
        asyncio.create_task(each)
        for each in (town.sink.serve(smtp), crowd.come(), crowd.tick(), crowd.obey())
    ]
    # The order loop ends with the parent process; the others end only on errors.
    done, _ = await asyncio.wait(always, return_when=asyncio.FIRST_COMPLETED)
    for task in [*always, *crowd.under_way]:
        task.cancel()
    done.pop().result()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), Town(**json.loads(sys.argv[2]))))
