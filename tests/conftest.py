"""How the tests are shared out among the cores."""

from xdist.scheduler import LoadScopeScheduling


class Sharing(LoadScopeScheduling):
    """A notebook's cells stay together, and a file's tests, which share what they have made; pages go singly."""

    def _split_scope(self, nodeid):
        path = nodeid.split("::")[0]
        return nodeid if path.startswith("tests/pages/") and path != "tests/pages/test_firefox.py" else path


def pytest_xdist_make_scheduler(config, log):
    return Sharing(config, log)
