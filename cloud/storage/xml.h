#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/result.h"

namespace ty::cloud {

/// An element of a storage service's answer. Read leniently (unknown elements and attributes are kept, order does not
/// matter), within limits: nothing a server sends can exhaust the memory or the stack.
struct XmlNode {
    std::string name; ///< without a namespace prefix
    std::vector<std::pair<std::string, std::string>> attributes;
    std::string text; ///< of the element itself, entities decoded, as it was sent
    std::vector<XmlNode> children;

    /// The first child of that name; null without.
    const XmlNode* child(std::string_view childName) const;
    /// The text of the first child of that name; empty without.
    std::string childText(std::string_view childName) const;
    std::string attribute(std::string_view attributeName) const;
};

/// The root element. A byte-order mark, declarations, comments and CDATA are understood; a document type is refused, and
/// with it every entity but the five of XML and character numbers.
/// Errors: Network ("the answer cannot be read") above 32 levels, 64 MiB or 2,000,000 elements, or when it is torn.
Result<XmlNode> parseXml(std::string_view text);

/// `text` for use inside an element.
std::string escapeXml(std::string_view text);

} // namespace ty::cloud
