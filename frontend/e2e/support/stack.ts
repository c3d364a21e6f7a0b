/** Where the stack is that the tests talk to; tests/frontend starts one and says so. */
function told(name: string): string {
  const value = process.env[name]
  if (!value) throw new Error(`${name} is not set. Run these tests by: make test ARGS=tests/frontend`)
  return value
}

export const stack = {
  address: told('TIDEDESK_E2E_ADDRESS'),
  commands: told('TIDEDESK_E2E_COMMANDS'),
  queries: told('TIDEDESK_E2E_QUERIES'),
  projectorPid: Number(told('TIDEDESK_E2E_PROJECTOR_PID')),
  python: told('TIDEDESK_E2E_PYTHON'),
  dataDir: told('TIDEDESK_E2E_DATA_DIR'),
}
