"""Reads telegrams with dsmr-parser's asyncio reader, as Home Assistant does; prints as the other.

Arguments: host, port, number of telegrams.
"""

import asyncio
import sys

from dsmr_parser.clients.protocol import create_tcp_dsmr_reader

host, port, count = sys.argv[1], sys.argv[2], int(sys.argv[3])


async def main():
    telegrams = asyncio.Queue()
    loop = asyncio.get_running_loop()
    transport, _ = await create_tcp_dsmr_reader(host, port, "5", telegrams.put_nowait, loop=loop)
    for _ in range(count):
        telegram = await telegrams.get()
        print(telegram.ELECTRICITY_USED_TARIFF_1.value, flush=True)
    transport.close()


asyncio.run(main())
