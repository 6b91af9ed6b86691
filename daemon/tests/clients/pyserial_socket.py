"""Reads lines through pyserial's socket:// and copies them to standard output, behind a line that
tells that the port is open: pyserial throws away what comes before.

Arguments: host, port, number of lines.
"""

import sys

import serial

host, port, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
with serial.serial_for_url(f"socket://{host}:{port}", timeout=20) as line:
    print("open", flush=True)
    for _ in range(count):
        sys.stdout.buffer.write(line.readline())
        sys.stdout.buffer.flush()
