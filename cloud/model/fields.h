#pragma once

#include <concepts>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/json.h"

namespace ty::cloud {

using TextMap = std::map<std::string, std::string>;

class FieldWriter;

/// A value whose JSON members are named once, for reading and for writing:
///
///     struct Subnet {
///         std::string name;
///         std::optional<std::int64_t> size;
///         void fields(auto& f)
///         {
///             f("name", name);
///             f("properties.size", size); // a dot goes one object deeper
///         }
///     };
template<typename T>
concept Described = requires(T& value, FieldWriter& writer) { value.fields(writer); };

/// Fills a Described value from a JSON object. Members that are missing or null leave the value as it was, members that
/// nobody asks for are ignored; one of the wrong type is remembered as the first error.
class FieldReader {
public:
    /// `object` outlives this; `what` names it in messages.
    FieldReader(const Json& object, std::string what);

    void operator()(const char* path, std::string& value);
    void operator()(const char* path, std::optional<bool>& value);
    void operator()(const char* path, std::optional<std::int64_t>& value);
    void operator()(const char* path, std::optional<double>& value);
    void operator()(const char* path, std::vector<std::string>& value);
    void operator()(const char* path, TextMap& value);
    /// A whole number that travels as text, as Google writes 64-bit ones; a JSON number is understood too.
    void asText(const char* path, std::optional<std::int64_t>& value);
    /// Another spelling that a service uses at times; only read, never written.
    void alsoNamed(const char* path, std::vector<std::string>& value) { (*this)(path, value); }

    template<Described T>
    void operator()(const char* path, T& value)
    {
        if (const Json* member = find(path)) {
            readInto(*member, path, value);
        }
    }
    template<Described T>
    void operator()(const char* path, std::optional<T>& value)
    {
        if (const Json* member = find(path)) {
            readInto(*member, path, value.emplace());
        }
    }
    template<Described T>
    void operator()(const char* path, std::vector<T>& value)
    {
        const Json* member = find(path);
        if (member == nullptr || !expect(member->is_array(), path, "a list", *member)) {
            return;
        }
        value.clear();
        for (const Json& element : *member) {
            readInto(element, path, value.emplace_back());
        }
    }
    template<Described T>
    void operator()(const char* path, std::map<std::string, T>& value)
    {
        const Json* member = find(path);
        if (member == nullptr || !expect(member->is_object(), path, "an object", *member)) {
            return;
        }
        value.clear();
        for (const auto& [key, element] : member->items()) {
            readInto(element, path, value[key]);
        }
    }

    const std::optional<Error>& error() const { return m_error; }

private:
    const Json* find(const char* path) const;
    bool expect(bool fits, const char* path, const char* expected, const Json& got);

    template<Described T>
    void readInto(const Json& member, const char* path, T& value)
    {
        if (!expect(member.is_object(), path, "an object", member)) {
            return;
        }
        FieldReader inner(member, m_what + ": " + path);
        value.fields(inner);
        if (!m_error && inner.error()) {
            m_error = inner.error();
        }
    }

    const Json& m_object;
    std::string m_what;
    std::optional<Error> m_error;
};

/// Makes the JSON object of a Described value. What is empty (no text, no number, no element) is left out.
class FieldWriter {
public:
    void operator()(const char* path, const std::string& value);
    void operator()(const char* path, const std::optional<bool>& value);
    void operator()(const char* path, const std::optional<std::int64_t>& value);
    void operator()(const char* path, const std::optional<double>& value);
    void operator()(const char* path, const std::vector<std::string>& value);
    void operator()(const char* path, const TextMap& value);
    void asText(const char* path, const std::optional<std::int64_t>& value);
    void alsoNamed(const char*, const std::vector<std::string>&) {}

    template<Described T>
    void operator()(const char* path, T& value)
    {
        Json member = write(value);
        if (!member.empty()) {
            put(path, std::move(member));
        }
    }
    template<Described T>
    void operator()(const char* path, std::optional<T>& value)
    {
        if (value) {
            put(path, write(*value));
        }
    }
    template<Described T>
    void operator()(const char* path, std::vector<T>& value)
    {
        Json list = Json::array();
        for (T& element : value) {
            list.push_back(write(element));
        }
        if (!list.empty()) {
            put(path, std::move(list));
        }
    }
    template<Described T>
    void operator()(const char* path, std::map<std::string, T>& value)
    {
        Json object = Json::object();
        for (auto& [key, element] : value) {
            object[key] = write(element);
        }
        if (!object.empty()) {
            put(path, std::move(object));
        }
    }

    Json take() { return std::move(m_object); }

private:
    template<Described T>
    static Json write(T& value)
    {
        FieldWriter inner;
        value.fields(inner);
        return inner.take();
    }
    void put(const char* path, Json value);

    Json m_object = Json::object();
};

/// The JSON object of `value`.
template<Described T>
Json toJson(T value)
{
    FieldWriter writer;
    value.fields(writer);
    return writer.take();
}

/// Reads a T. Errors: InvalidInput that names `what` and the member whose type does not fit.
template<Described T>
Result<T> fromJson(const Json& object, const std::string& what)
{
    if (!object.is_object()) {
        return Error{ErrorKind::InvalidInput, what + ": an object was expected", {}};
    }
    T value;
    FieldReader reader(object, what);
    value.fields(reader);
    if (reader.error()) {
        return *reader.error();
    }
    return value;
}

/// Reads the elements of a JSON list.
template<Described T>
Result<std::vector<T>> listFromJson(const Json& list, const std::string& what)
{
    if (!list.is_array()) {
        return Error{ErrorKind::InvalidInput, what + ": a list was expected", {}};
    }
    std::vector<T> values;
    values.reserve(list.size());
    for (const Json& element : list) {
        TY_TRY(T value, fromJson<T>(element, what));
        values.push_back(std::move(value));
    }
    return values;
}

} // namespace ty::cloud
