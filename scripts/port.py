"""Say at once whether a port of this machine can be served on: `python scripts/port.py 8000`."""

import socket
import sys


def main() -> None:
    """End with an error that names the port and the way out if somebody listens there already."""
    port = int(sys.argv[1])
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            sys.exit(f"crossmedia: port {port} cannot be used ({error.strerror}); choose another: make demo PORT=8001")


if __name__ == "__main__":
    main()
