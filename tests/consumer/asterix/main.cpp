// A stranger's program: writes a plot and reads it again, with the installed library alone.
#include <asman/asterix/cat048.hpp>
#include <asman/asterix/decode.hpp>
#include <asman/asterix/encode.hpp>
#include <asman/asterix/json.hpp>

#include <cstdio>

using namespace asman::asterix;

int main() {
    BlockWriter block(cat048::category);
    cat048::Fields f;
    f.i010 = {.sac = 25, .sic = 13};
    f.i040 = {.rho = 100.5, .theta = 45.0};
    if (!block.add(f)) return 1;
    const Editions editions;
    DatagramReader reader(block.finish(), editions);
    const Event* event = reader.next();
    if (!event || event->what != What::record || cat048::View(event->record).i040()->rho() != 100.5) return 1;
    std::string line;
    to_json(event->record, 0, line);
    std::puts(line.c_str());
    return 0;
}
