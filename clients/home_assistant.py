"""Sets up Home Assistant's own dsmr integration against a bridge, by its config flow as the user interface
does it, and compares its entities with the telegrams that the meter has recorded.

Arguments: host, port, the meter's record, how many telegrams. Prints a line for each that the entities
have shown; fails if they show anything that was in no telegram.
"""

from __future__ import annotations

import asyncio
import logging
import re
import sys
import tempfile
from pathlib import Path

from homeassistant import bootstrap, loader
from homeassistant.config_entries import ConfigEntries
from homeassistant.const import __version__
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import entity_registry
from homeassistant.setup import async_setup_component

# Seconds that all of it may take.
DEADLINE = 120

# Which OBIS code an entity has, by the end of its unique id.
CODES = {
    "current_electricity_usage": "1-0:1.7.0",
    "current_electricity_delivery": "1-0:2.7.0",
    "electricity_used_tariff_1": "1-0:1.8.1",
    "electricity_used_tariff_2": "1-0:1.8.2",
    "electricity_delivered_tariff_1": "1-0:2.8.1",
    "electricity_delivered_tariff_2": "1-0:2.8.2",
}

Values = dict[str, float]


def sent(record: Path) -> list[Values]:
    """The values of every telegram that the meter has sent so far."""
    telegrams = record.read_text("ascii").split("\n!")[:-1]
    return [{code: value(telegram, code) for code in CODES.values()} for telegram in telegrams]


def value(telegram: str, code: str) -> float:
    """The number behind a code."""
    found = re.search(rf"^{re.escape(code)}\(([0-9.]+)\*", telegram, re.MULTILINE)
    assert found, f"no {code} in {telegram!r}"
    return float(found[1])


async def start(folder: str) -> HomeAssistant:
    """Home Assistant's core, without the user interface, and with nothing that goes to the internet."""
    hass = HomeAssistant(folder)
    loader.async_setup(hass)
    # What an integration requires is installed already, or the set-up fails.
    hass.config.skip_pip = True
    hass.config_entries = ConfigEntries(hass, {})
    await bootstrap.async_load_base_functionality(hass)
    assert await async_setup_component(hass, "homeassistant", {})
    await hass.async_start()
    return hass


async def set_up(hass: HomeAssistant, host: str, port: int) -> str:
    """Adds the integration, form by form; gives the id of the entry."""
    flow = hass.config_entries.flow
    form = await flow.async_init("dsmr", context={"source": "user"})
    assert form["step_id"] == "user", form
    form = await flow.async_configure(form["flow_id"], {"type": "Network"})
    assert form["step_id"] == "setup_network", form
    entered = {"host": host, "port": port, "dsmr_version": "5"}
    result = await flow.async_configure(form["flow_id"], entered)
    assert result["type"] is FlowResultType.CREATE_ENTRY, result
    entry = result["result"]
    print(f"Home Assistant {__version__}: set up as {result['title']}, meter {entry.data['serial_id']}")
    return entry.entry_id


async def show_every_telegram(hass: HomeAssistant, entry: str) -> None:
    """Sets the option by which entities follow every telegram, instead of one in 30 s."""
    options = hass.config_entries.options
    form = await options.async_init(entry)
    result = await options.async_configure(form["flow_id"], {"time_between_update": 0})
    assert result["type"] is FlowResultType.CREATE_ENTRY, result
    await hass.async_block_till_done()


def shown(hass: HomeAssistant, entry: str) -> Values | None:
    """What the entities show, by OBIS code; nothing as long as one of them has no value."""
    values = {}
    registry = entity_registry.async_get(hass)
    for entity in entity_registry.async_entries_for_config_entry(registry, entry):
        code = CODES.get(entity.unique_id.split("_", 1)[-1])
        state = hass.states.get(entity.entity_id)
        if code is None:
            continue
        if state is None or state.state in ("unknown", "unavailable"):
            return None
        values[code] = float(state.state)
    return values if len(values) == len(CODES) else None


async def compare(hass: HomeAssistant, entry: str, record: Path, wanted: int) -> None:
    """Waits until the entities have shown several sets of values, each of one telegram."""
    seen: list[Values] = []
    while len(seen) < wanted:
        values = shown(hass, entry)
        if values is not None and values not in seen:
            # The meter records before it sends.
            assert values in sent(record), f"no telegram was sent with {values}"
            seen.append(values)
            print("shown: " + ", ".join(f"{code} {number}" for code, number in values.items()))
        await asyncio.sleep(0.02)


async def main(host: str, port: int, record: Path, wanted: int) -> None:
    """Runs it."""
    with tempfile.TemporaryDirectory() as folder:
        hass = await start(folder)
        try:
            async with asyncio.timeout(DEADLINE):
                entry = await set_up(hass, host, port)
                await compare(hass, entry, record, 1)
                await show_every_telegram(hass, entry)
                await compare(hass, entry, record, wanted)
        finally:
            await hass.async_stop()


logging.basicConfig(level=logging.WARNING)
asyncio.run(main(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4])))
