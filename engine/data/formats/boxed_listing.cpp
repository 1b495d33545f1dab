// Pictures with boxes around objects, for telling what they show: the largest object of each.
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>
#include <utility>

#include "engine/base/json.h"
#include "engine/data/data_files.h"
#include "engine/data/formats/described_files.h"
#include "engine/data/formats/described_listing.h"
#include "engine/data/formats/formats.h"
#include "engine/data/text_values.h"

namespace ty::engine {

namespace {

namespace fs = std::filesystem;

/// The label of the largest box so far.
struct Largest {
    double area = -1;
    std::string label;

    void take(double size, const std::string& name)
    {
        if (std::isfinite(size) && size > area) {
            area = size;
            label = name;
        }
    }
};

Result<std::vector<DataEntry>> entriesIn(const OpenOptions& options, const fs::path& folder)
{
    if (!isDataFolder(options.files, folder.string())) {
        return std::vector<DataEntry>();
    }
    TY_TRY(auto entries, listFolder(options.files, folder.string()));
    std::sort(entries.begin(), entries.end(), [](const DataEntry& a, const DataEntry& b) { return a.name < b.name; });
    return entries;
}

bool hasName(const std::vector<DataEntry>& entries, const std::string& name)
{
    return std::any_of(entries.begin(), entries.end(), [&](const DataEntry& each) { return each.name == name; });
}

Result<std::optional<ImageListing>> finished(DescribedFiles& files, const std::string& folder, const char* what)
{
    if (files.size() == 0) {
        return Error{
            ErrorKind::InvalidInput,
            fileName(folder) + " looks like " + what + ", but none of its " + std::to_string(files.missing()) + " pictures is there",
            "Put the pictures where the description says they are."};
    }
    return std::optional<ImageListing>(files.finish());
}

/// One description of COCO. @param places  folders in which its pictures may lie, relative
Result<void> takeCoco(
    const std::string& folder, const std::string& file, const std::vector<std::string>& places, SplitPart part,
    const OpenOptions& options, DescribedFiles& files)
{
    TY_TRY(const std::string text, readDataFile(options.files, (fs::path(folder) / file).string(), kMostDescriptionBytes));
    TY_TRY(const Json coco, parseJson(text, file));
    std::map<std::int64_t, std::string> names;
    std::map<std::int64_t, Largest> largest;
    try {
        for (const Json& category : coco.at("categories")) {
            names[category.at("id").get<std::int64_t>()] = category.at("name").get<std::string>();
        }
        for (const Json& box : coco.at("annotations")) {
            const auto name = names.find(box.at("category_id").get<std::int64_t>());
            if (name == names.end()) {
                continue;
            }
            double area = box.contains("area") && box["area"].is_number() ? box["area"].get<double>() : 0;
            if (area <= 0 && box.contains("bbox") && box["bbox"].is_array() && box["bbox"].size() == 4) {
                area = box["bbox"][2].get<double>() * box["bbox"][3].get<double>();
            }
            largest[box.at("image_id").get<std::int64_t>()].take(area, name->second);
        }
        for (const Json& image : coco.at("images")) {
            const auto label = largest.find(image.at("id").get<std::int64_t>());
            if (label == largest.end() || label->second.area < 0) {
                continue; // nothing is in it
            }
            const std::string name = image.at("file_name").get<std::string>();
            for (const std::string& place : places) {
                const std::size_t before = files.size();
                TY_CHECK(files.add(place.empty() ? name : place + "/" + name, label->second.label, part));
                if (files.size() > before) {
                    break;
                }
            }
        }
    } catch (const Json::exception& wrong) {
        return Error{ErrorKind::InvalidInput, file + " is no description as COCO has it: " + wrong.what(), {}};
    }
    return {};
}

/// The text of the first <tag> behind `from` and before `end`; empty without.
std::string_view elementText(std::string_view xml, const std::string& tag, std::size_t from = 0, std::size_t end = std::string_view::npos)
{
    const auto begin = xml.find("<" + tag + ">", from);
    if (begin == std::string_view::npos || begin >= end) {
        return {};
    }
    const auto text = begin + tag.size() + 2;
    const auto close = xml.find("</" + tag + ">", text);
    return close == std::string_view::npos || close > end ? std::string_view() : trimmed(xml.substr(text, close - text));
}

Largest largestOfVoc(std::string_view xml)
{
    Largest largest;
    for (std::size_t at = xml.find("<object>"); at != std::string_view::npos; at = xml.find("<object>", at + 1)) {
        const auto end = std::min(xml.find("</object>", at), xml.size());
        const auto box = xml.find("<bndbox>", at);
        double sides[4] = {0, 0, 0, 0};
        const char* names[4] = {"xmin", "ymin", "xmax", "ymax"};
        bool isWhole = box != std::string_view::npos && box < end;
        for (int i = 0; isWhole && i < 4; ++i) {
            isWhole = parseNumber(elementText(xml, names[i], box, end), sides[i]);
        }
        const std::string_view name = elementText(xml, "name", at, end);
        if (isWhole && !name.empty()) {
            largest.take((sides[2] - sides[0]) * (sides[3] - sides[1]), std::string(name));
        }
    }
    return largest;
}

/// Names of YOLO's classes by their numbers: "names: [a, b]", "names:" with "- a" or "0: a" below, or a name a line.
std::vector<std::string> yoloNames(std::string_view text, bool isYaml)
{
    std::vector<std::string> names;
    const auto plain = [](std::string_view word) {
        word = trimmed(word);
        const bool isQuoted = word.size() >= 2 && (word.front() == '"' || word.front() == '\'') && word.back() == word.front();
        return std::string(isQuoted ? word.substr(1, word.size() - 2) : word);
    };
    bool isInside = !isYaml;
    for (const std::string_view whole : linesOf(text)) {
        const std::string_view line = trimmed(whole);
        if (!isYaml) {
            if (!line.empty()) {
                names.push_back(std::string(line));
            }
            continue;
        }
        if (line.starts_with("names:")) {
            std::string_view rest = trimmed(line.substr(6));
            if (rest.starts_with('[') && rest.ends_with(']')) {
                rest = rest.substr(1, rest.size() - 2);
                while (!rest.empty()) {
                    const auto comma = std::min(rest.find(','), rest.size());
                    names.push_back(plain(rest.substr(0, comma)));
                    rest.remove_prefix(std::min(comma + 1, rest.size()));
                }
                return names;
            }
            isInside = true;
        } else if (isInside && line.starts_with("- ")) {
            names.push_back(plain(line.substr(2)));
        } else if (isInside && !line.empty()) {
            const auto colon = line.find(':');
            double number = 0;
            const bool isEntry = colon != std::string_view::npos && parseNumber(line.substr(0, colon), number) && number >= 0 && number < 100'000;
            if (!isEntry) {
                break;
            }
            names.resize(std::max(names.size(), static_cast<std::size_t>(number) + 1));
            names[static_cast<std::size_t>(number)] = plain(line.substr(colon + 1));
        }
    }
    return names;
}

Largest largestOfYolo(std::string_view text, const std::vector<std::string>& names)
{
    Largest largest;
    for (const std::string_view whole : linesOf(text)) {
        std::string_view line = trimmed(whole);
        double fields[5] = {0, 0, 0, 0, 0};
        int count = 0;
        while (!line.empty() && count < 5) {
            const auto end = std::min(line.find_first_of(" \t"), line.size());
            if (!parseNumber(line.substr(0, end), fields[count])) {
                break;
            }
            ++count;
            line = trimmed(line.substr(end));
        }
        if (count == 5 && fields[0] >= 0 && fields[0] < 100'000) {
            const auto number = static_cast<std::size_t>(fields[0]);
            const std::string name = number < names.size() && !names[number].empty() ? names[number] : std::to_string(number);
            largest.take(fields[3] * fields[4], name);
        }
    }
    return largest;
}

/// Pictures of one folder of YOLO, with the labels beside them.
Result<void> takeYolo(
    const std::string& folder, const std::string& images, const std::string& labels, SplitPart part,
    const std::vector<std::string>& names, const OpenOptions& options, DescribedFiles& files)
{
    TY_TRY(const auto pictures, entriesIn(options, fs::path(folder) / images));
    TY_TRY(const auto texts, entriesIn(options, fs::path(folder) / labels));
    for (const DataEntry& picture : pictures) {
        if (options.stop.stop_requested()) {
            return cancelledError();
        }
        const std::string label = fs::path(picture.name).stem().string() + ".txt";
        if (!picture.isFile || !isSampleName(picture.name) || !hasName(texts, label)) {
            continue;
        }
        TY_TRY(const std::string text, readDataFile(options.files, (fs::path(folder) / labels / label).string(), kMostDescriptionBytes));
        if (const Largest largest = largestOfYolo(text, names); largest.area >= 0) {
            TY_CHECK(files.add(images + "/" + picture.name, largest.label, part));
        }
    }
    return {};
}

} // namespace

Result<std::optional<ImageListing>> listCoco(const std::string& folder, const OpenOptions& options)
{
    DescribedFiles files(folder, options);
    bool isCoco = false;
    TY_TRY(const auto described, entriesIn(options, fs::path(folder) / "annotations"));
    for (const DataEntry& each : described) {
        const std::string name = lowered(each.name);
        if (!each.isFile || !name.starts_with("instances") || !name.ends_with(".json")) {
            continue;
        }
        const auto underline = name.find('_');
        const std::string set = underline == std::string::npos ? std::string() : fs::path(each.name.substr(underline + 1)).stem().string();
        const SplitPart part = partOfName(set).value_or(SplitPart::Training);
        TY_CHECK(takeCoco(folder, "annotations/" + each.name, {set, "images/" + set, "images", ""}, part, options, files));
        isCoco = true;
    }
    TY_TRY(const auto top, entriesIn(options, folder));
    std::vector<std::string> places{""};
    for (const DataEntry& each : top) {
        if (each.isFolder && partOfName(each.name)) {
            places.push_back(each.name);
        }
    }
    for (const std::string& place : places) {
        const std::string name = place.empty() ? "_annotations.coco.json" : place + "/_annotations.coco.json";
        if (isDataFile(options.files, (fs::path(folder) / name).string())) {
            TY_CHECK(takeCoco(folder, name, {place}, partOfName(place).value_or(SplitPart::Training), options, files));
            isCoco = true;
        }
    }
    return isCoco ? finished(files, folder, "COCO") : Result<std::optional<ImageListing>>(std::optional<ImageListing>());
}

Result<std::optional<ImageListing>> listVoc(const std::string& folder, const OpenOptions& options)
{
    const fs::path root(folder);
    TY_TRY(const auto described, entriesIn(options, root / "Annotations"));
    if (described.empty() || !isDataFolder(options.files, (root / "JPEGImages").string())) {
        return std::optional<ImageListing>();
    }
    std::map<std::string, SplitPart> parts;
    for (const char* set : {"train", "val", "test"}) {
        const std::string list = (root / "ImageSets" / "Main" / (std::string(set) + ".txt")).string();
        if (isDataFile(options.files, list)) {
            TY_TRY(const std::string text, readDataFile(options.files, list, kMostDescriptionBytes));
            for (const std::string_view line : linesOf(text)) {
                parts[std::string(trimmed(line))] = partOfName(set).value_or(SplitPart::Training);
            }
        }
    }
    DescribedFiles files(folder, options);
    for (const DataEntry& each : described) {
        if (options.stop.stop_requested()) {
            return cancelledError();
        }
        if (!each.isFile || !lowered(each.name).ends_with(".xml")) {
            continue;
        }
        TY_TRY(const std::string xml, readDataFile(options.files, (root / "Annotations" / each.name).string(), kMostDescriptionBytes));
        const std::string stem = fs::path(each.name).stem().string();
        const Largest largest = largestOfVoc(xml);
        if (largest.area < 0) {
            continue;
        }
        const std::string_view named = elementText(xml, "filename");
        const auto part = parts.find(stem);
        TY_CHECK(files.add(
            "JPEGImages/" + (named.empty() ? stem + ".jpg" : fs::path(std::string(named)).filename().string()), largest.label,
            part == parts.end() ? SplitPart::Training : part->second));
    }
    return finished(files, folder, "Pascal VOC");
}

Result<std::optional<ImageListing>> listYolo(const std::string& folder, const OpenOptions& options)
{
    const fs::path root(folder);
    TY_TRY(const auto top, entriesIn(options, root));
    std::vector<std::string> names;
    for (const char* name : {"data.yaml", "dataset.yaml", "classes.txt", "obj.names"}) {
        if (names.empty() && hasName(top, name)) {
            TY_TRY(const std::string text, readDataFile(options.files, (root / name).string(), kMostDescriptionBytes));
            names = yoloNames(text, std::string_view(name).ends_with(".yaml"));
        }
    }
    // images/train with labels/train, or train/images with train/labels.
    std::vector<std::tuple<std::string, std::string, SplitPart>> pairs;
    if (hasName(top, "images") && hasName(top, "labels")) {
        pairs.emplace_back("images", "labels", SplitPart::Training);
        TY_TRY(const auto inside, entriesIn(options, root / "labels"));
        for (const DataEntry& each : inside) {
            if (each.isFolder) {
                pairs.emplace_back("images/" + each.name, "labels/" + each.name, partOfName(each.name).value_or(SplitPart::Training));
            }
        }
    }
    for (const DataEntry& each : top) {
        const auto part = each.isFolder ? partOfName(each.name) : std::nullopt;
        if (part && isDataFolder(options.files, (root / each.name / "labels").string())) {
            pairs.emplace_back(each.name + "/images", each.name + "/labels", *part);
        }
    }
    if (pairs.empty()) {
        return std::optional<ImageListing>();
    }
    DescribedFiles files(folder, options);
    for (const std::string& name : names) {
        if (!name.empty()) {
            files.addClass(name);
        }
    }
    for (const auto& [images, labels, part] : pairs) {
        TY_CHECK(takeYolo(folder, images, labels, part, names, options, files));
    }
    return finished(files, folder, "YOLO");
}

} // namespace ty::engine
