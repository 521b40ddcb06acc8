// A stranger's program: one Mode S message, with the installed library alone.
#include <asman/modes/message.hpp>

#include <array>
#include <cstdio>

using namespace asman;

int main() {
    // An identification message of aircraft 4840D6.
    constexpr std::array<unsigned char, 14> text{0x8D, 0x48, 0x40, 0xD6, 0x20, 0x2C, 0xC3,
                                                 0x71, 0xC3, 0x2C, 0xE0, 0x57, 0x60, 0x98};
    std::array<std::byte, 14> bytes{};
    for (std::size_t i = 0; i < text.size(); ++i) bytes[i] = static_cast<std::byte>(text[i]);
    const auto message = modes::decode(bytes);
    if (!message) return 1;
    std::printf("%06X %s\n", message->address, message->callsign.c_str());
    return message->callsign == "KLM1023" ? 0 : 1;
}
