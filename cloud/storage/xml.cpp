#include "cloud/storage/xml.h"

#include <charconv>
#include <cstdint>
#include <optional>

namespace ty::cloud {

namespace {

constexpr std::size_t kMaxBytes = std::size_t{64} << 20;
constexpr int kMaxDepth = 32;
constexpr std::size_t kMaxElements = 2'000'000;

bool isBlank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

void appendUtf8(std::string& text, std::uint32_t code)
{
    const auto put = [&](std::uint32_t byte) { text += static_cast<char>(static_cast<unsigned char>(byte)); };
    if (code < 0x80) {
        put(code);
    } else if (code < 0x800) {
        put(0xc0 | (code >> 6));
        put(0x80 | (code & 0x3f));
    } else if (code < 0x10000) {
        put(0xe0 | (code >> 12));
        put(0x80 | ((code >> 6) & 0x3f));
        put(0x80 | (code & 0x3f));
    } else {
        put(0xf0 | (code >> 18));
        put(0x80 | ((code >> 12) & 0x3f));
        put(0x80 | ((code >> 6) & 0x3f));
        put(0x80 | (code & 0x3f));
    }
}

/// "amp", "#10", "#x2F"; nothing for others.
std::optional<std::uint32_t> entityCode(std::string_view name)
{
    constexpr std::pair<std::string_view, char> kNamed[]{{"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"apos", '\''}};
    for (const auto& [word, plain] : kNamed) {
        if (name == word) {
            return static_cast<std::uint32_t>(plain);
        }
    }
    if (name.size() < 2 || name[0] != '#') {
        return std::nullopt;
    }
    const bool isHex = name[1] == 'x' || name[1] == 'X';
    const char* first = name.data() + (isHex ? 2 : 1);
    const char* last = name.data() + name.size();
    std::uint32_t code = 0;
    const auto [end, status] = std::from_chars(first, last, code, isHex ? 16 : 10);
    const bool isSurrogate = code >= 0xd800 && code < 0xe000;
    if (status != std::errc() || end != last || code == 0 || code > 0x10ffff || isSurrogate) {
        return std::nullopt;
    }
    return code;
}

class Reader {
public:
    explicit Reader(std::string_view text)
        : m_text(text)
    {
    }

    Result<XmlNode> document()
    {
        if (m_text.size() > kMaxBytes) {
            return unreadable("is larger than 64 MiB");
        }
        if (m_text.starts_with("\xEF\xBB\xBF")) {
            m_at = 3;
        }
        TY_CHECK(skipMisc());
        if (!startsWith("<")) {
            return unreadable("is no XML");
        }
        return element(0);
    }

private:
    bool startsWith(std::string_view what) const { return m_text.substr(m_at).starts_with(what); }

    Error unreadable(const char* why) const
    {
        return Error{ErrorKind::Network, "the service's answer cannot be read: it " + std::string(why), {}};
    }

    void skipBlanks()
    {
        while (m_at < m_text.size() && isBlank(m_text[m_at])) {
            ++m_at;
        }
    }

    /// Goes behind the next `end`.
    Result<void> skipTo(std::string_view end)
    {
        const auto found = m_text.find(end, m_at);
        if (found == std::string_view::npos) {
            return unreadable("breaks off");
        }
        m_at = found + end.size();
        return {};
    }

    /// Declarations, comments and blanks between elements.
    Result<void> skipMisc()
    {
        for (;;) {
            skipBlanks();
            if (startsWith("<?")) {
                TY_CHECK(skipTo("?>"));
            } else if (startsWith("<!--")) {
                TY_CHECK(skipTo("-->"));
            } else if (startsWith("<!")) {
                return unreadable("has a document type");
            } else {
                return {};
            }
        }
    }

    Result<std::string> decoded(std::string_view raw) const
    {
        std::string text;
        text.reserve(raw.size());
        for (std::size_t i = 0; i < raw.size(); ++i) {
            if (raw[i] != '&') {
                text += raw[i];
                continue;
            }
            const auto end = raw.find(';', i);
            const auto code = end == std::string_view::npos ? std::nullopt : entityCode(raw.substr(i + 1, end - i - 1));
            if (!code) {
                return unreadable("has an unknown entity");
            }
            appendUtf8(text, *code);
            i = end;
        }
        return text;
    }

    std::string_view name()
    {
        const auto start = m_at;
        while (m_at < m_text.size() && !isBlank(m_text[m_at]) && std::string_view("=/><").find(m_text[m_at]) == std::string_view::npos) {
            ++m_at;
        }
        const std::string_view whole = m_text.substr(start, m_at - start);
        const auto colon = whole.rfind(':');
        return colon == std::string_view::npos ? whole : whole.substr(colon + 1);
    }

    /// Up to and with the ">"; whether the element ends there ("/>").
    Result<bool> attributes(XmlNode& node)
    {
        for (;;) {
            skipBlanks();
            if (startsWith("/>")) {
                m_at += 2;
                return true;
            }
            if (startsWith(">")) {
                ++m_at;
                return false;
            }
            const std::string_view key = name();
            skipBlanks();
            if (key.empty() || !startsWith("=")) {
                return unreadable("has a broken element");
            }
            ++m_at;
            skipBlanks();
            if (!startsWith("\"") && !startsWith("'")) {
                return unreadable("has a broken element");
            }
            const auto end = m_text.find(m_text[m_at], m_at + 1);
            if (end == std::string_view::npos) {
                return unreadable("breaks off");
            }
            TY_TRY(std::string value, decoded(m_text.substr(m_at + 1, end - m_at - 1)));
            node.attributes.emplace_back(std::string(key), std::move(value));
            m_at = end + 1;
        }
    }

    Result<XmlNode> element(int depth)
    {
        if (depth >= kMaxDepth || ++m_elements > kMaxElements) {
            return unreadable("is nested too deeply or has too many elements");
        }
        XmlNode node;
        ++m_at; // "<"
        node.name = name();
        if (node.name.empty()) {
            return unreadable("has a broken element");
        }
        TY_TRY(const bool isClosed, attributes(node));
        if (isClosed) {
            return node;
        }
        for (;;) {
            const auto next = m_text.find('<', m_at);
            if (next == std::string_view::npos) {
                return unreadable("breaks off");
            }
            TY_TRY(const std::string text, decoded(m_text.substr(m_at, next - m_at)));
            node.text += text;
            m_at = next;
            if (startsWith("</")) {
                m_at += 2;
                if (name() != node.name) {
                    return unreadable("has elements that do not close");
                }
                TY_CHECK(skipTo(">"));
                return node;
            }
            if (startsWith("<![CDATA[")) {
                m_at += 9;
                const auto start = m_at;
                TY_CHECK(skipTo("]]>"));
                node.text += m_text.substr(start, m_at - 3 - start);
            } else if (startsWith("<!") || startsWith("<?")) {
                TY_CHECK(skipMisc());
            } else {
                TY_TRY(XmlNode child, element(depth + 1));
                node.children.push_back(std::move(child));
            }
        }
    }

    std::string_view m_text;
    std::size_t m_at = 0;
    std::size_t m_elements = 0;
};

} // namespace

const XmlNode* XmlNode::child(std::string_view childName) const
{
    for (const XmlNode& node : children) {
        if (node.name == childName) {
            return &node;
        }
    }
    return nullptr;
}

std::string XmlNode::childText(std::string_view childName) const
{
    const XmlNode* found = child(childName);
    return found == nullptr ? std::string() : found->text;
}

std::string XmlNode::attribute(std::string_view attributeName) const
{
    for (const auto& [key, value] : attributes) {
        if (key == attributeName) {
            return value;
        }
    }
    return {};
}

Result<XmlNode> parseXml(std::string_view text)
{
    return Reader(text).document();
}

std::string escapeXml(std::string_view text)
{
    std::string escaped;
    for (const char c : text) {
        switch (c) {
        case '&': escaped += "&amp;"; break;
        case '<': escaped += "&lt;"; break;
        case '>': escaped += "&gt;"; break;
        case '"': escaped += "&quot;"; break;
        default: escaped += c;
        }
    }
    return escaped;
}

} // namespace ty::cloud
