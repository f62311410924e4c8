"""``python -m controlcenter.deploy.probe PORT PATH``: exit 0 when the address answers 200."""

import http.client
import sys


def main(port: str, path: str) -> int:
    link = http.client.HTTPConnection("127.0.0.1", int(port), timeout=5)
    try:
        link.request("GET", path, headers={"Host": "localhost", "X-Forwarded-Proto": "https"})
        return 0 if link.getresponse().status == 200 else 1
    except OSError:
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))
