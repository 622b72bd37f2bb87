"""Firefox, driven by WebDriver BiDi: https://www.w3.org/TR/webdriver-bidi/.

Every Firefox speaks this protocol of the W3C by itself, so no second program
stands between; Playwright needs a Firefox of its own making.
"""

import json
import re
import subprocess
import time

import websocket

ADDRESS = re.compile(r"WebDriver BiDi listening on (ws://\S+)")
# It asks no host for anything by itself, and what a page asks of another machine goes to a proxy that is not there.
PREFERENCES = {
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "network.prefetch-next": False,
    "network.proxy.type": 1,
    "network.proxy.http": "127.0.0.1",
    "network.proxy.http_port": 9,
    "network.proxy.ssl": "127.0.0.1",
    "network.proxy.ssl_port": 9,
    "network.proxy.no_proxies_on": "127.0.0.1",
}
ARROW_RIGHT = "\ue014"


class Firefox:
    """One Firefox with one tab, without a window.

    Parameters
    ----------
    path : str
        The program.
    profile : pathlib.Path
        An empty folder for what it stores.
    """

    def __init__(self, path, profile):
        lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in PREFERENCES.items()]
        (profile / "user.js").write_text("".join(lines), "utf-8")
        command = [path, "--headless", "--no-remote", "--profile", profile, "--remote-debugging-port", "0"]
        log = profile / "firefox.log"
        with log.open("w") as out:
            self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=out)
        self.socket = websocket.create_connection(f"{self._address(log)}/session", suppress_origin=True, timeout=120)
        self.commands, self.events = 0, []
        self.ask("session.new", capabilities={})
        self.ask("session.subscribe", events=["log.entryAdded", "network.beforeRequestSent"])
        self.tab = self.ask("browsingContext.getTree")["contexts"][0]["context"]

    def _address(self, log):
        """Return where it listens, once it says so."""
        for _ in range(600):
            if found := ADDRESS.search(log.read_text("utf-8")):
                return found[1]
            if self.process.poll() is not None:
                break
            time.sleep(0.1)
        raise OSError(f"Firefox does not listen: {log.read_text('utf-8')}")

    def ask(self, method, **parameters):
        """Send a command and return its result; what happens meanwhile is kept in `events`."""
        self.commands += 1
        self.socket.send(json.dumps({"id": self.commands, "method": method, "params": parameters}))
        while True:
            answer = json.loads(self.socket.recv())
            if answer["type"] == "event":
                self.events.append(answer)
            elif answer["type"] == "error":
                raise RuntimeError(f"{method}: {answer['message']}")
            else:
                return answer["result"]

    def open(self, url):
        """Go to a page and wait until it is loaded."""
        self.events.clear()
        self.ask("browsingContext.navigate", context=self.tab, url=url, wait="complete")

    def evaluate(self, expression):
        """Return the value of an expression in the page, by way of JSON."""
        script = f"Promise.resolve({expression}).then(JSON.stringify)"
        answer = self.ask("script.evaluate", expression=script, target={"context": self.tab}, awaitPromise=True)
        if answer["type"] == "exception":
            raise RuntimeError(answer["exceptionDetails"]["text"])
        return json.loads(answer["result"].get("value", "null"))

    def wait(self, expression, seconds=60):
        """Wait until an expression in the page is true."""
        end = time.monotonic() + seconds
        while not self.evaluate(f"Boolean({expression})"):
            if time.monotonic() > end:
                raise TimeoutError(f"not true within {seconds} s: {expression}")
            time.sleep(0.02)

    def press(self, key):
        """Press a key and let it go."""
        strokes = [{"type": kind, "value": key} for kind in ("keyDown", "keyUp")]
        self.ask("input.performActions", context=self.tab, actions=[{"type": "key", "id": "keys", "actions": strokes}])

    def requests(self):
        """Return the addresses that the page has asked for."""
        sent = [event["params"] for event in self.events if event["method"] == "network.beforeRequestSent"]
        return [event["request"]["url"] for event in sent if event["context"] == self.tab]

    def errors(self):
        """Return what the page has logged as an error or a warning."""
        logged = [event["params"] for event in self.events if event["method"] == "log.entryAdded"]
        return [entry["text"] for entry in logged if entry["level"] in ("error", "warn")]

    def close(self):
        """End the browser."""
        self.socket.close()
        self.process.terminate()
        self.process.wait(20)
