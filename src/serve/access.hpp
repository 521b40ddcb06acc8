// Who may talk to the server (invariant 9): a page of another site in the same browser may not, whatever name it
// resolves to this machine (DNS rebinding), and neither may another server on this machine.
#pragma once

#include <string_view>

namespace asman::serve {

/// "127.0.0.0/8" in dotted form or "::1"; names are not resolved.
bool is_loopback_address(std::string_view address);

/// A Host header that names this machine: localhost, 127.0.0.1 or [::1], with or without a port (any: a forwarded port
/// has another number here).
bool host_is_ours(std::string_view host);

/// An Origin header of our own page: exactly "http://" and the request's Host. Empty (no browser, or a plain
/// navigation) is fine.
bool origin_is_ours(std::string_view origin, std::string_view host);

}  // namespace asman::serve
