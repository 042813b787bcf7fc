"""Security guards: what each is for, and which test misses it. docs/security.md names the threats."""

from tests.faults.guard import Guard

SECURITY_GUARDS = (
    Guard(
        "Same work for every address",
        "time doesn't tell whose address is known",
        "guides/guide_requests/services.py",
        (
            (
                "    try:\n        with transaction.atomic():\n            ensured = contact_ensure(email)",
                "    if refused:\n        return None\n    try:\n        with transaction.atomic():\n            ensured = contact_ensure(email)",
            ),
        ),
        "tests/guides/guide_requests/test_same_work.py::test_request_of_the_guide",
    ),
    Guard(
        "One inbox",
        "an address with a tag is no new person",
        "guides/email_addresses.py",
        (('    local = local.partition("+")[0] or local\n', ""),),
        "tests/guides/guide_requests/test_services.py::test_inbox_gets_three_emails_a_day_however_it_is_spelled",
    ),
    Guard(
        "Refusal of the whole inbox",
        "who unsubscribed gets nothing under another spelling",
        "guides/selectors/consents.py",
        (
            (
                "[address_hmac(email), inbox_hmac(email)]",
                "[address_hmac(email), address_hmac(email)]",
            ),
        ),
        "tests/guides/guide_requests/test_services.py::test_unsubscribe_refuses_the_whole_inbox",
    ),
    Guard(
        "Reserve",
        "an attacker can't close the shop",
        "guides/guide_requests/limits.py",
        (("        _keep_reserve(total, networks)\n", ""),),
        "tests/guides/guide_requests/test_limits.py::test_attacker_cannot_close_the_shop",
    ),
    Guard(
        "Networks around a network",
        "a /48 isn't 65,536 strangers",
        "runfit/lib/client_ip.py",
        (("WIDER = (56, 48)", "WIDER = ()"),),
        "tests/guides/guide_requests/test_limits.py::test_a_whole_48_gets_four_times_as_much_as_a_network",
    ),
    Guard(
        "Age of a form",
        "one form can't be sent for months",
        "assessments/runner/form_token.py",
        (("return time.time() - self.opened > MAXIMUM_AGE", "return False"),),
        "tests/assessments/runner/test_views.py::test_page_open_for_days_keeps_its_answers_and_works_at_once",
    ),
    Guard(
        "Answers of a network",
        "nobody fills the disk with answers",
        "assessments/runner/views.py",
        (
            (
                "    try:\n        _take(request)\n    except LimitReachedError as limit:\n        return _limited(request, submission, limit)\n",
                "",
            ),
        ),
        "tests/assessments/runner/test_views.py::test_network_that_sent_too_much_keeps_its_answers",
    ),
    Guard(
        "Entries of trusted proxies",
        "a client doesn't choose its own address",
        "runfit/lib/client_ip.py",
        (
            (
                "    return _address(hops[-1 - trusted]) or connection if trusted < len(hops) else connection",
                "    return _address(hops[0]) or connection",
            ),
        ),
        "tests/runfit/lib/test_client_ip.py::test_only_entries_of_trusted_proxies_count",
    ),
    Guard(
        "Headers with an underscore",
        "they can't pass for a proxy's",
        "runfit/server/wsgi_bridge.py",
        (('if "_" not in header:', "if header:"),),
        "tests/runfit/test_proxies.py::test_header_with_an_underscore_never_counts",
    ),
    Guard(
        "Second step",
        "a password alone opens nothing",
        "runfit/accounts/middleware.py",
        (
            (
                '    if request.session.get(DUE):\n        return "" if name in PROVING else "accounts:second_factor"\n',
                "",
            ),
        ),
        "tests/runfit/accounts/test_second_factor.py::test_without_the_second_step_no_factor_can_be_added_or_taken_away",
    ),
    Guard(
        "Second factor first",
        "an account without one sees no runner",
        "runfit/accounts/middleware.py",
        (
            (
                '    if not must_enroll(request):\n        return ""\n',
                '    if must_enroll(request) in {True, False}:\n        return ""\n',
            ),
        ),
        "tests/runfit/accounts/test_second_factor.py::test_public_site_asks_for_a_second_factor_before_anything_else",
    ),
    Guard(
        "Recent sign-in",
        "an open session left behind downloads nothing",
        "runfit/lib/sign_in/recent.py",
        (
            (
                "    if not is_recent(request):\n        raise SignInTooOldError",
                "    is_recent(request)",
            ),
        ),
        "tests/runfit/accounts/test_confirm.py::test_pages_ask_again_after_a_quarter_of_an_hour",
    ),
    Guard(
        "Wrong passwords",
        "they can't be tried on and on",
        "runfit/accounts/limits.py",
        (
            (
                "    if until := _locked_until(attempt, is_known=who.is_known):\n        attempt.delete()\n        raise TooManyAttemptsError(until)\n",
                "",
            ),
        ),
        "tests/runfit/accounts/test_limits.py::test_ten_wrong_passwords_lock_a_name_for_this_network_alone",
    ),
    Guard(
        "Limit before the hash",
        "trying passwords costs the server nothing",
        "runfit/accounts/views.py",
        (
            (
                "    response = admin.site.login(request, extra)\n    if response.status_code == HTTPStatus.FOUND:",
                "    if response.status_code == HTTPStatus.FOUND:",
            ),
            (
                '    who = limits.who_tries(request, request.POST.get("username", ""))\n    try:\n        limits.attempt_begin(kind=limits.SIGN_IN, who=who)',
                '    who = limits.who_tries(request, request.POST.get("username", ""))\n    response = admin.site.login(request, extra)\n    try:\n        limits.attempt_begin(kind=limits.SIGN_IN, who=who)',
            ),
        ),
        "tests/runfit/accounts/test_limits.py::test_no_password_is_hashed_beyond_the_limit",
    ),
    Guard(
        "End of a session",
        "a lost phone is locked out at once",
        "runfit/accounts/sign_ins/services.py",
        (("        store(sign_in.session_key).delete()\n", ""),),
        "tests/runfit/accounts/test_sessions.py::test_owner_sees_each_session_and_ends_one_or_all_others",
    ),
    Guard(
        "Same work for a forgotten password",
        "nobody learns who has an account",
        "runfit/accounts/reset.py",
        (
            (
                "    if limits.attempts_of_name(address, kind=limits.RESET) <= PER_ADDRESS:",
                "    if User.objects.filter(email=address).exists():",
            ),
        ),
        "tests/runfit/accounts/test_reset.py::test_known_and_unknown_addresses_get_the_same_answer_for_the_same_work",
    ),
    Guard(
        "Invitation once",
        "a link makes one account, even if two use it at once",
        "runfit/accounts/invitations/services.py",
        (
            (
                "    if not _pending(invitation).filter(sent=invitation.sent).update(accepted_at=timezone.now()):\n        raise InvitationClosedError\n",
                "    _pending(invitation).update(accepted_at=timezone.now())\n",
            ),
        ),
        "tests/runfit/accounts/test_invitations.py::test_two_who_accept_at_once_make_one_account",
    ),
    Guard(
        "Times only for who may erase",
        "content's curators can't erase answers",
        "assessments/permissions.py",
        (
            (
                '    "practice": ("change", "view"),\n',
                '    "practice": ("change", "view"),\n    "retention": ("change", "view"),\n',
            ),
        ),
        "tests/assessments/admin/test_retention.py::test_who_curates_content_cannot_erase_answers_by_shorter_times",
    ),
    Guard(
        "Nothing before it's counted",
        "the PT's numbers stay true",
        "assessments/retention/services.py",
        (
            (
                "    return min(timezone.now() - period, counted_before())",
                "    return timezone.now() - period",
            ),
        ),
        "tests/assessments/retention/test_services.py::test_nothing_goes_before_it_is_counted",
    ),
    Guard(
        "Small batches",
        "a killed run loses nothing, and locks nobody out",
        "assessments/retention/rules.py",
        (('values_list("pk", flat=True)[:BATCH])', 'values_list("pk", flat=True))'),),
        "tests/assessments/retention/test_services.py::test_the_next_run_goes_on_where_one_was_killed",
    ),
    Guard(
        "Erased again",
        "a restored copy brings nobody back",
        "guides/consents/replay.py",
        (("    _suppress({**times[Erased.INBOX], **times[Erased.ADDRESS]})\n", ""),),
        "tests/guides/consents/test_replay.py::test_erased_people_are_erased_again_and_others_stay",
    ),
    Guard(
        "Active parts of a PDF",
        "a guide runs nothing on a runner's phone",
        "guides/pdf/active_parts.py",
        (("    for part in parts(root):\n        found |= _remove_from(part)\n", ""),),
        "tests/guides/pdf/test_upload.py::test_whatever_acts_is_left_out",
    ),
    Guard(
        "Elements of a drawing",
        "a picture in a page runs nothing",
        "runfit/lib/svg/validation.py",
        (('    {"svg", "g", "path",', '    {"script", "svg", "g", "path",'),),
        "tests/runfit/lib/svg/test_validation.py::test_other_elements_are_refused_by_name",
    ),
    Guard(
        "Headers of every answer",
        "other sites hold none of our pages",
        "runfit/guard.py",
        (
            (
                "        missing = [header for header in known if header[0].lower() not in sent]\n",
                "        missing = [header for header in known if header[0].lower() in ()]\n",
            ),
        ),
        "tests/runfit/test_guard.py::test_https_redirect_has_the_security_headers",
    ),
    Guard(
        "Private files",
        "other accounts on the machine read nothing",
        "runfit/lib/files.py",
        (("OWNER_FILE, OWNER_FOLDER = 0o600, 0o700", "OWNER_FILE, OWNER_FOLDER = 0o644, 0o755"),),
        "tests/runfit/lib/test_files.py::test_what_others_could_read_is_taken_from_them",
    ),
    Guard(
        "Token of the metrics",
        "only a monitor reads how the site is used",
        "runfit/monitoring/views.py",
        (
            (
                'if not constant_time_compare(request.headers.get("Authorization", ""), wanted):',
                "if False:",
            ),
        ),
        "tests/runfit/monitoring/test_metrics.py::test_another_token_gets_nothing",
    ),
    Guard(
        "Reports to Sentry",
        "another company learns nothing of a visitor",
        "runfit/monitoring/sentry.py",
        (("cleaned: Event = _scrubbed(report)", "cleaned: Any = report"),),
        "tests/runfit/monitoring/test_sentry.py::test_nothing_of_the_visitor_arrives",
    ),
    Guard(
        "Id from a proxy",
        "a visitor can't write into the log",
        "runfit/monitoring/request_ids.py",
        (("settings.TRUSTED_PROXIES and VALID.fullmatch(given)", "bool(given)"),),
        "tests/runfit/monitoring/test_request_ids.py::test_only_a_trusted_proxy_may_give_one",
    ),
    Guard(
        "Links in logs",
        "a log opens nobody's page",
        "runfit/log_formatters.py",
        (("LINK.sub(_without_token, short)", "short"),),
        "tests/runfit/test_log_formatters.py::test_broken_link_is_scrubbed",
    ),
    Guard(
        "Addresses in logs",
        "a log names nobody",
        "runfit/log_formatters.py",
        (("    return WORD.sub(_without_address, without_tokens)", "    return without_tokens"),),
        "tests/runfit/test_log_formatters.py::test_tokens_and_addresses_are_scrubbed",
    ),
    Guard(
        "Signature of a link",
        "nobody makes up someone else's link",
        "assessments/submissions/signed_links.py",
        (
            (
                "            return self._base64.unsign(signed_value)",
                '            return signed_value.partition(".")[0]',
            ),
        ),
        "tests/guides/runner/test_broken_links.py::test_truncated_link_explains_what_to_do",
    ),
    Guard(
        "Public networks only",
        "what the PT enters leads to no metadata service",
        "runfit/lib/outgoing.py",
        (
            (
                "    if not is_listed(host) and not all(map(is_public, addresses)):",
                "    if not is_listed(host) and not addresses:",
            ),
        ),
        "tests/runfit/lib/test_outgoing.py::test_private_hosts_are_refused_before_a_connection",
    ),
    Guard(
        "Emails about accounts",
        "a colleague can't read a link to a new password",
        "guides/mail/file_backend.py",
        (("if notices or NOTICE not in it), limit)", "if it), limit)"),),
        "tests/guides/admin/test_deliveries.py::test_inbox_keeps_emails_about_accounts_from_everyone_but_superusers",
    ),
)
