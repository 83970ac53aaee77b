"""Which attributes of Playwright's objects a workflow may use. The gate outside is the boundary; this says it early."""

from __future__ import annotations

from typing import Final

from sandbox.facade.frozen import words

REFUSED: Final = words("""
    add_init_script add_locator_handler add_script_tag add_style_tag context expose_binding expose_function pdf request
    remove_locator_handler route route_from_har route_web_socket set_extra_http_headers set_input_files unroute
    unroute_all video workers pick_locator clock coverage browser new_cdp_session storage_state on once remove_listener
    expect_download expect_file_chooser expect_websocket expect_worker expect_popup screencast tracing service_workers
    """)
