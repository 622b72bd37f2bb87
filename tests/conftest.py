"""How the tests are shared out among the cores."""

from xdist.scheduler import LoadScopeScheduling


class Sharing(LoadScopeScheduling):
    """A notebook's cells stay together, and a file's tests, which share what they have computed; pages go singly."""

    def _split_scope(self, nodeid):
        return nodeid if nodeid.startswith("tests/pages/") else nodeid.split("::")[0]


def pytest_xdist_make_scheduler(config, log):
    return Sharing(config, log)
