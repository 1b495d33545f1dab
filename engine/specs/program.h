#pragma once

#include <cstdint>
#include <vector>

#include "engine/specs/big_numbers.h"
#include "engine/specs/token.h"

namespace ty::engine::specs {

using NodeIndex = std::uint32_t;
using GroupIndex = std::uint32_t;
using ActionIndex = std::uint32_t;

/// What an expression node does. Words are numbers, truth values (0, 1), element indexes or set masks.
enum class NodeKind : std::uint8_t {
    Constant, ///< value
    State,    ///< word `value` of the state before
    Local,    ///< word `value` of the bound names
    Add, Subtract, Multiply, Divide, Modulo, Negate,
    Equal, NotEqual, Less, LessEqual, ///< Equal also for masks
    And, Or, Implies, Iff, Not,
    IsIn,     ///< element a in mask b; `value`: the number of bit 0
    IsInRange, ///< a in b..c
    IsSubset, ///< mask a in mask b
    Union, Intersection, Difference, ///< masks
    Singleton, ///< the mask with element a; `value`: the number of bit 0
    RangeMask, ///< the mask of a..b
    Cardinality, Smallest, Largest,  ///< of mask a; `value`: the number of bit 0
    Comprehension, ///< mask of the last name of group a; `value`: the number of bit 0
    Exists,   ///< group a yields anything
    ForAll,   ///< b holds for all that group a yields
    If,       ///< a ? b : c
    Apply,    ///< function a at argument b; `value`: first argument, c: how many
    EqualFunctions, ///< functions a, b of c words
    InFunctionSpace, ///< each of the c words of function a in the range: group b with one binder

    // Function valued: they fill words.
    StateFunction, ///< c words of the state from `value`
    LocalFunction, ///< c words of the bound names from `value`
    ConstantFunction, ///< c words of the constants from `value`
    FunctionList, ///< c words, nodes in `lists` from a
    Override, ///< function a with b pairs of nodes in `lists` from d; c words, first argument `value`
    Lambda,   ///< c words: for each argument from `value`, bound to word a, node b
    IfFunction, ///< a ? b : d; c words
};

struct Node {
    NodeKind kind = NodeKind::Constant;
    std::uint32_t a = 0;
    std::uint32_t b = 0;
    std::uint32_t c = 0;
    std::uint32_t d = 0;
    Number value = 0;
};

enum class DomainKind : std::uint8_t {
    Range,     ///< nodes a..b
    Mask,      ///< elements of mask a; `base`: the number of bit 0
    List,      ///< b nodes in `lists` from a
    Subsets,   ///< every subset of mask a
    Functions, ///< every function of `width` words, each from domain a
};

/// Where bound names get their values from.
struct Domain {
    DomainKind kind = DomainKind::Range;
    std::uint32_t a = 0;
    std::uint32_t b = 0;
    Number base = 0;
};

/// One bound name: its words among the locals, its domain, and what must hold as soon as it is bound.
struct Binder {
    std::uint32_t local = 0;
    std::uint32_t width = 1;
    std::uint32_t domain = 0;
    std::vector<NodeIndex> conditions;
};

using BinderGroup = std::vector<Binder>;

enum class ActionKind : std::uint8_t {
    Skip,
    Assign,         ///< word `slot` := node
    AssignFunction, ///< `width` words from `slot` := function node
    AssignCell,     ///< word slot + index - low := node; `width` cells
    Parallel,       ///< all of parts
    Guarded,        ///< any part whose condition holds; one part more: where none does
    If,             ///< the first part whose condition holds; one part more: else
    Choice,         ///< any of parts
    Any,            ///< part 0 for all that the group yields
};

/// A statement, ready to run. The state before is read, the state after written: all changes happen at once.
struct Action {
    ActionKind kind = ActionKind::Skip;
    std::uint32_t slot = 0;
    std::uint32_t width = 1;
    NodeIndex node = 0;
    NodeIndex index = 0;
    Number low = 0;
    GroupIndex group = 0;
    std::vector<NodeIndex> conditions;
    std::vector<ActionIndex> parts;
    Place place;
};

/// A machine's expressions and statements in the form that is run.
struct Program {
    std::vector<Node> nodes;
    std::vector<Place> places; ///< of the nodes
    std::vector<NodeIndex> lists;
    std::vector<Domain> domains;
    std::vector<BinderGroup> groups;
    std::vector<Action> actions;
    std::vector<Number> constantWords; ///< of function constants
    std::uint32_t localWords = 0;
};

} // namespace ty::engine::specs
