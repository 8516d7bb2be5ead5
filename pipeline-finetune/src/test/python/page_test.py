"""Talks to `serve` by its page in headless Chromium. Called by bin/page-test.

usage: page_test.py CHROMIUM SCREENSHOT COMMAND...

COMMAND starts the server on a free port. SCREENSHOT may be empty.
"""

import re
import signal
import subprocess
import sys
from urllib.parse import urlsplit

from playwright.sync_api import expect, sync_playwright

ANSWER_MILLIS = 20_000
STOP_SECONDS = 30
TASKS = 3
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1180, "height": 860}


def start(command):
    """Starts the server; returns its process and its address."""
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    for line in server.stdout:
        serving = re.match(r"serving at (http://\S+)", line)
        if serving:
            return server, serving[1]
    sys.exit(f"the server ended with exit code {server.wait()}")


def say(page, line):
    """Types a line with the keyboard alone; waits for what comes of it."""
    answered = page.locator("#log > .answered")
    before = answered.count()
    expect(page.locator("#line")).to_be_focused()
    page.keyboard.type(line)
    page.keyboard.press("Enter")
    expect(answered).to_have_count(before + 1, timeout=ANSWER_MILLIS)
    last = answered.nth(before)
    expect(last.locator("th[scope=row]")).to_have_count(TASKS)
    expect(last.locator(".answer")).not_to_be_empty()
    expect(page.locator("#line")).to_be_focused()
    expect(page.locator("#line")).to_have_value("")
    return last


def require_no_sideways_scrolling(page):
    widths = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert widths[0] <= widths[1], f"the page is {widths[0]} wide in a window of {widths[1]}"


def require_names(page):
    """Whatever takes input has a name that a screen reader reads."""
    for control in page.locator("button, input").all():
        name = control.evaluate(
            "e => (e.labels?.[0]?.textContent || e.getAttribute('aria-label') || e.textContent).trim()"
        )
        assert name, "a control has no name: " + control.evaluate("e => e.outerHTML")


def background(page):
    return page.evaluate("getComputedStyle(document.body).backgroundColor")


def require_themes(page):
    page.emulate_media(color_scheme="light")
    light = background(page)
    page.emulate_media(color_scheme="dark")
    dark = background(page)
    assert light != dark, "the page does not follow the system's scheme"
    page.click("#theme")
    assert background(page) == light, "the switch does not choose light"
    page.click("#theme")
    page.emulate_media(color_scheme="light")
    assert background(page) == dark, "the switch does not choose dark"
    page.click("#theme")
    assert background(page) == light, "the switch does not go back to the system's scheme"
    page.focus("#line")


def talk(page, screenshot):
    expect(page.locator("html")).to_have_attribute("lang", "ko")
    require_names(page)
    said = say(page, "안녕")
    expect(said.locator("tbody tr")).not_to_have_count(0)
    say(page, "오늘 점심 뭐 먹을까?")
    require_themes(page)
    require_no_sideways_scrolling(page)
    if screenshot:
        page.screenshot(path=screenshot)
    page.set_viewport_size(PHONE)
    require_no_sideways_scrolling(page)
    page.check("input[value=ja]")
    expect(page.locator("html")).to_have_attribute("lang", "ja")
    expect(page.locator("#log > li")).to_have_count(0)
    require_names(page)
    expect(say(page, "今日は何する？")).to_have_attribute("lang", "ja")
    require_no_sideways_scrolling(page)
    page.reload()
    expect(page.locator("html")).to_have_attribute("lang", "ja")


def main():
    chromium, screenshot, *command = sys.argv[1:]
    server, address = start(command)
    problems = []
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            page = browser.new_page(viewport=DESK, locale="ko-KR")
            page.on("console", lambda message: problems.append(f"console: {message.text}"))
            page.on("pageerror", lambda error: problems.append(f"error: {error}"))
            page.on(
                "request",
                lambda request: urlsplit(request.url).scheme == "data"
                or request.url.startswith(address)
                or problems.append(f"request: {request.url}"),
            )
            page.goto(address)
            talk(page, screenshot)
            assert not problems, problems
            server.send_signal(signal.SIGTERM)
            code = server.wait(STOP_SECONDS)
            assert code == 0, f"the server stopped with exit code {code}"
            # Without a server the page says so.
            page.keyboard.type("はい")
            page.keyboard.press("Enter")
            expect(page.locator("#log > .failed")).to_have_count(1)
            browser.close()
    finally:
        if server.poll() is None:
            server.kill()
    print("page-test: all is well")


if __name__ == "__main__":
    main()
