#include "cloud/model/fields.h"

#include <charconv>
#include <cmath>
#include <string_view>

namespace ty::cloud {

namespace {

bool isWhole(const Json& number)
{
    if (number.is_number_float()) {
        const double value = number.get<double>();
        return std::floor(value) == value && std::abs(value) < 9.0e15;
    }
    return number.is_number_integer();
}

bool isTextList(const Json& list)
{
    if (!list.is_array()) {
        return false;
    }
    for (const Json& element : list) {
        if (!element.is_string()) {
            return false;
        }
    }
    return true;
}

} // namespace

FieldReader::FieldReader(const Json& object, std::string what)
    : m_object(object)
    , m_what(std::move(what))
{
}

const Json* FieldReader::find(const char* path) const
{
    const Json* place = &m_object;
    std::string_view rest(path);
    while (true) {
        const auto dot = rest.find('.');
        const std::string key(rest.substr(0, dot));
        const auto member = place->find(key);
        if (member == place->end() || member->is_null()) {
            return nullptr;
        }
        place = &*member;
        if (dot == std::string_view::npos) {
            return place;
        }
        if (!place->is_object()) {
            return nullptr;
        }
        rest.remove_prefix(dot + 1);
    }
}

bool FieldReader::expect(bool fits, const char* path, const char* expected, const Json& got)
{
    if (!fits && !m_error) {
        std::string shown = toJsonLine(got);
        if (shown.size() > 40) {
            shown = shown.substr(0, 37) + "...";
        }
        m_error = Error{
            ErrorKind::InvalidInput,
            m_what + ": \"" + path + "\" must be " + expected + ", it is " + shown,
            {}};
    }
    return fits;
}

void FieldReader::operator()(const char* path, std::string& value)
{
    if (const Json* member = find(path); member != nullptr && expect(member->is_string(), path, "a text", *member)) {
        value = member->get<std::string>();
    }
}

void FieldReader::operator()(const char* path, std::optional<bool>& value)
{
    if (const Json* member = find(path);
        member != nullptr && expect(member->is_boolean(), path, "true or false", *member)) {
        value = member->get<bool>();
    }
}

void FieldReader::operator()(const char* path, std::optional<std::int64_t>& value)
{
    if (const Json* member = find(path); member != nullptr && expect(isWhole(*member), path, "a whole number", *member)) {
        value = member->get<std::int64_t>();
    }
}

void FieldReader::operator()(const char* path, std::optional<double>& value)
{
    if (const Json* member = find(path); member != nullptr && expect(member->is_number(), path, "a number", *member)) {
        value = member->get<double>();
    }
}

void FieldReader::operator()(const char* path, std::vector<std::string>& value)
{
    if (const Json* member = find(path);
        member != nullptr && expect(isTextList(*member), path, "a list of texts", *member)) {
        value = member->get<std::vector<std::string>>();
    }
}

void FieldReader::operator()(const char* path, TextMap& value)
{
    const Json* member = find(path);
    if (member == nullptr || !expect(member->is_object(), path, "an object", *member)) {
        return;
    }
    value.clear();
    for (const auto& [key, text] : member->items()) {
        if (text.is_null()) {
            continue;
        }
        if (!expect(text.is_string(), path, "an object of texts", text)) {
            return;
        }
        value[key] = text.get<std::string>();
    }
}

void FieldReader::asText(const char* path, std::optional<std::int64_t>& value)
{
    const Json* member = find(path);
    if (member == nullptr) {
        return;
    }
    if (member->is_number()) {
        (*this)(path, value);
        return;
    }
    if (!expect(member->is_string(), path, "a whole number as text", *member)) {
        return;
    }
    const auto text = member->get<std::string>();
    std::int64_t number = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (expect(code == std::errc() && end == text.data() + text.size(), path, "a whole number as text", *member)) {
        value = number;
    }
}

void FieldWriter::put(const char* path, Json value)
{
    Json* place = &m_object;
    std::string_view rest(path);
    for (auto dot = rest.find('.'); dot != std::string_view::npos; dot = rest.find('.')) {
        place = &(*place)[std::string(rest.substr(0, dot))];
        rest.remove_prefix(dot + 1);
    }
    (*place)[std::string(rest)] = std::move(value);
}

void FieldWriter::operator()(const char* path, const std::string& value)
{
    if (!value.empty()) {
        put(path, value);
    }
}

void FieldWriter::operator()(const char* path, const std::optional<bool>& value)
{
    if (value) {
        put(path, *value);
    }
}

void FieldWriter::operator()(const char* path, const std::optional<std::int64_t>& value)
{
    if (value) {
        put(path, *value);
    }
}

void FieldWriter::operator()(const char* path, const std::optional<double>& value)
{
    if (value) {
        put(path, *value);
    }
}

void FieldWriter::operator()(const char* path, const std::vector<std::string>& value)
{
    if (!value.empty()) {
        put(path, value);
    }
}

void FieldWriter::operator()(const char* path, const TextMap& value)
{
    if (!value.empty()) {
        put(path, value);
    }
}

void FieldWriter::asText(const char* path, const std::optional<std::int64_t>& value)
{
    if (value) {
        put(path, std::to_string(*value));
    }
}

} // namespace ty::cloud
