// Node-RED for scripts/test-clients: flows and nothing else, and nothing that leaves the machine.
module.exports = {
    // With the function of docs/clients.md in it; the script puts it there.
    flowFile: "flow.json",
    httpRoot: false,
    uiHost: "127.0.0.1",
    uiPort: 1880,
    telemetry: { enabled: false },
    editorTheme: { tours: false },
    externalModules: { palette: { allowInstall: false }, modules: { allowInstall: false } },
    // Standard output is for what the flow shows.
    logging: {
        error: { level: "info", metrics: false, audit: false, handler: () => (entry) => console.error(entry.msg) },
    },
};
