// The mutator of targets whose inputs are datagrams.
#pragma once

#include "asterix_input.hpp"

/// Half of the inputs are made anew, a third of those spoilt by one change; the others are libFuzzer's, most of them
/// with a true length in the first block, which nearly none would have otherwise.
extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t most, unsigned seed) {
    using namespace fuzzing;
    Dice dice(seed + 1);
    if (most >= 64 && dice.one_in(2)) {
        size = make(data, most, dice);
        if (!dice.one_in(3) || size < 5) return size;
        if (dice.one_in(2))
            data[4 + dice.below(size - 4)] = static_cast<std::uint8_t>(dice.next() >> 32);
        else
            size = 4 + dice.below(size - 4);
        if (dice.one_in(2)) mend(data, size);
        return size;
    }
    if (size < 5 || most < 16 || dice.one_in(4)) return LLVMFuzzerMutate(data, size, most);
    size = 4 + LLVMFuzzerMutate(data + 4, size - 4, most - 4);
    mend(data, size);
    return size;
}
