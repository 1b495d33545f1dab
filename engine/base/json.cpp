#include "engine/base/json.h"

#include <cmath>
#include <cstdint>
#include <limits>

#include "engine/base/files.h"

namespace ty {

namespace {

constexpr int kMaxDepth = 200;

/// Nesting depth of a JSON text without parsing it; brackets inside strings do not count.
bool isTooDeep(const std::string& text)
{
    int depth = 0;
    bool inString = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (inString) {
            if (c == '\\') {
                ++i;
            } else if (c == '"') {
                inString = false;
            }
        } else if (c == '"') {
            inString = true;
        } else if (c == '{' || c == '[') {
            if (++depth > kMaxDepth) {
                return true;
            }
        } else if (c == '}' || c == ']') {
            --depth;
        }
    }
    return false;
}

std::string placeOf(const std::string& text, std::size_t byte)
{
    std::size_t line = 1;
    std::size_t column = 1;
    for (std::size_t i = 0; i + 1 < byte && i < text.size(); ++i) {
        if (text[i] == '\n') {
            ++line;
            column = 1;
        } else {
            ++column;
        }
    }
    return "line " + std::to_string(line) + ", column " + std::to_string(column);
}

template<typename T>
struct JsonType;

template<>
struct JsonType<bool> {
    static constexpr const char* name = "true or false";
    static bool fits(const Json& j) { return j.is_boolean(); }
    static bool get(const Json& j) { return j.get<bool>(); }
};
template<>
struct JsonType<std::int64_t> {
    static constexpr const char* name = "a whole number";
    static bool fits(const Json& j)
    {
        if (j.is_number_unsigned()) {
            return j.get<std::uint64_t>() <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
        }
        if (j.is_number_float()) {
            const double d = j.get<double>();
            return std::floor(d) == d && std::abs(d) < 9.0e15;
        }
        return j.is_number_integer();
    }
    static std::int64_t get(const Json& j) { return j.get<std::int64_t>(); }
};
template<>
struct JsonType<int> {
    static constexpr const char* name = "a whole number";
    static bool fits(const Json& j)
    {
        if (!JsonType<std::int64_t>::fits(j)) {
            return false;
        }
        const auto wide = j.get<std::int64_t>();
        return wide >= std::numeric_limits<int>::min() && wide <= std::numeric_limits<int>::max();
    }
    static int get(const Json& j) { return j.get<int>(); }
};
template<>
struct JsonType<std::uint64_t> {
    static constexpr const char* name = "a whole number, zero or more";
    static bool fits(const Json& j)
    {
        return j.is_number_unsigned() || (JsonType<std::int64_t>::fits(j) && j.get<double>() >= 0);
    }
    static std::uint64_t get(const Json& j) { return j.get<std::uint64_t>(); }
};
template<>
struct JsonType<double> {
    static constexpr const char* name = "a number";
    static bool fits(const Json& j) { return j.is_number(); }
    static double get(const Json& j) { return j.get<double>(); }
};
template<>
struct JsonType<std::string> {
    static constexpr const char* name = "a text";
    static bool fits(const Json& j) { return j.is_string(); }
    static std::string get(const Json& j) { return j.get<std::string>(); }
};
template<>
struct JsonType<Json> {
    static constexpr const char* name = "a value";
    static bool fits(const Json&) { return true; }
    static Json get(const Json& j) { return j; }
};

Error wrongType(const std::string& what, const std::string& key, const char* expected, const Json& got)
{
    std::string shown = got.dump(-1, ' ', false, Json::error_handler_t::replace);
    if (shown.size() > 40) {
        shown = shown.substr(0, 37) + "...";
    }
    return Error{ErrorKind::InvalidInput, what + ": \"" + key + "\" must be " + expected + ", it is " + shown, {}};
}

} // namespace

Result<Json> parseJson(const std::string& text, const std::string& what)
{
    if (isTooDeep(text)) {
        return Error{ErrorKind::InvalidInput, what + ": nested deeper than " + std::to_string(kMaxDepth) + " levels", {}};
    }
    try {
        return Json::parse(text);
    } catch (const Json::parse_error& e) {
        std::string reason = e.what();
        if (const auto colon = reason.find(": ", reason.find("parse error")); colon != std::string::npos) {
            reason = reason.substr(colon + 2);
        }
        return Error{ErrorKind::InvalidInput, what + ": " + placeOf(text, e.byte) + ": not valid JSON (" + reason + ")", {}};
    } catch (const std::exception& e) {
        return Error{ErrorKind::InvalidInput, what + ": not valid JSON (" + e.what() + ")", {}};
    }
}

Result<Json> readJsonFile(const std::string& path)
{
    TY_TRY(const std::string text, readFile(path));
    return parseJson(text, path);
}

Result<void> writeJsonFile(const std::string& path, const Json& json)
{
    return writeFileAtomically(path, json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
}

std::string toJsonLine(const Json& json)
{
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

template<typename T>
Result<T> jsonField(const Json& object, const std::string& key, const std::string& what)
{
    if (!object.is_object() || !object.contains(key)) {
        return Error{ErrorKind::InvalidInput, what + ": \"" + key + "\" is missing", {}};
    }
    const Json& member = object.at(key);
    if (!JsonType<T>::fits(member)) {
        return wrongType(what, key, JsonType<T>::name, member);
    }
    return JsonType<T>::get(member);
}

template<typename T>
Result<T> jsonFieldOr(const Json& object, const std::string& key, T fallback, const std::string& what)
{
    if (!object.is_object() || !object.contains(key) || object.at(key).is_null()) {
        return fallback;
    }
    return jsonField<T>(object, key, what);
}

#define TY_JSON_FIELD(T)                                                                           \
    template Result<T> jsonField<T>(const Json&, const std::string&, const std::string&);          \
    template Result<T> jsonFieldOr<T>(const Json&, const std::string&, T, const std::string&);
TY_JSON_FIELD(bool)
TY_JSON_FIELD(int)
TY_JSON_FIELD(std::int64_t)
TY_JSON_FIELD(std::uint64_t)
TY_JSON_FIELD(double)
TY_JSON_FIELD(std::string)
TY_JSON_FIELD(Json)
#undef TY_JSON_FIELD

} // namespace ty
