// Non-interference on laws, pictures and alterations drawn at random (accords.md, Properties): what a third party gets
// does not depend on data whose originator did not consent. `asman selfcheck accords`.
#pragma once

#include <asman/accord/selfcheck.hpp>

namespace asman::core {

/// B holds A's data, and releases its own to C under drawn terms. A's data are absent, changed, relabelled, multiplied:
/// C's payloads (fields, covariance, track numbers, order), their number, and the pair chain with its salted digests
/// and heads are the same bytes. The mutation ignore_onward_consent gives B a law in which A consented.
accord::PropertyResult non_interference(std::size_t cases, std::uint64_t seed,
                                        accord::Mutation mutation = accord::Mutation::none);

}  // namespace asman::core
