#pragma once

#include <map>
#include <string>

#include "cloud/sandbox/document_store.h"

namespace ty::sandbox {

/// Addresses of this computer's loopback (127.77.0.0/16) for one sandbox's machines. They come in blocks of 250. A block is
/// held, for as long as this lives, by a socket that nobody else on the computer can bind meanwhile; so two sandboxes that run
/// side by side never give out the same address, whoever runs them. The number of the last block is kept in the store, so that
/// the next start asks for it first.
///
/// An address is also passed over when something listens on it: a machine that outlived its sandbox.
class LoopbackAddresses {
public:
    LoopbackAddresses() = default;
    ~LoopbackAddresses();
    LoopbackAddresses(const LoopbackAddresses&) = delete;
    LoopbackAddresses& operator=(const LoopbackAddresses&) = delete;

    /// Gives out an address that nobody has, and writes it down in `store`.
    /// @param hint  any words; another sandbox begins elsewhere with others
    /// @param port  on which the machine will listen
    std::string take(DocumentStore& store, const std::string& hint, int port);
    /// Whether the address is of a block that is held: one that nobody else can give out now. A block of an earlier start is
    /// taken back when it is still free.
    bool isHeld(const std::string& address);

private:
    bool hold(int block);

    std::map<int, int> m_blocks; ///< number -> socket that holds it
};

enum class PortState { Free, Taken, Forbidden };
/// Whether a program could listen there now. Taken: another one does. Forbidden: the system does not let us try.
PortState portState(const std::string& address, int port);

} // namespace ty::sandbox
