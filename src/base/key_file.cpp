#include <asman/base/config.hpp>
#include <asman/base/digest.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace asman::base {

Result<KeyPair> read_key(const std::string& path) {
    ASMAN_TRY(auto text, read_file(path));
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
    // A secret key has the form of a signature: 64 bytes, the last 32 of which are the public key.
    const auto bytes = Signature::from_hex(text);
    if (!bytes) return fail(Errc::syntax, {path, 1, 1, {}}, "not a secret key: 128 hexadecimal digits expected");
    KeyPair key;
    key.secret = bytes->value;
    std::copy(key.secret.begin() + 32, key.secret.end(), key.public_key.value.begin());
    if (!verify(key.public_key, as_bytes("a"), sign(key, as_bytes("a"))))
        return fail(Errc::bad_value, {path, 1, 1, {}}, "not a secret key: its two halves do not belong together");
    return key;
}

Result<void> create_key(const std::string& path, const KeyPair& key) {
    Signature form;
    form.value = key.secret;
    const auto text = form.hex() + "\n";
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0) {
        if (errno == EEXIST) return fail(Errc::refused, {path, 0, 0, {}}, "exists already; a key is never overwritten");
        return fail(Errc::io, {path, 0, 0, {}}, std::strerror(errno));
    }
    const auto written = ::write(file, text.data(), text.size());
    const bool closed = ::close(file) == 0;
    if (written != static_cast<ssize_t>(text.size()) || !closed)
        return fail(Errc::io, {path, 0, 0, {}}, "the key could not be written whole");
    return {};
}

}  // namespace asman::base
