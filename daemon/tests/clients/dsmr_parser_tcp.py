"""Reads telegrams with dsmr-parser's blocking TCP reader; prints what each says of tariff 1.

Arguments: host, port, number of telegrams.
"""

import sys
from itertools import islice

from dsmr_parser import telegram_specifications
from dsmr_parser.clients import SocketReader

host, port, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
reader = SocketReader(host, port, telegram_specifications.V5)
for telegram in islice(reader.read(), count):
    print(telegram.ELECTRICITY_USED_TARIFF_1.value, flush=True)
