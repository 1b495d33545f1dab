#include "engine/hdf5/hdf5_file.h"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include <fmt/format.h>
#include <hdf5.h>

namespace ty::hdf5 {

namespace {

constexpr int kDeepest = 8;                        ///< groups in groups
constexpr std::size_t kMostArrays = 1000;
constexpr std::size_t kMostObjects = 10'000;
constexpr std::uint64_t kMostPerStoredByte = 1032; ///< of deflate
constexpr std::uint64_t kLargestChunk = 256ULL << 20;
constexpr std::uint64_t kBlock = 16ULL << 20;
constexpr int kMostAxes = 8;

/// A handle of the library with the function that closes it.
class Handle {
public:
    Handle(hid_t id, herr_t (*close)(hid_t)) : m_id(id), m_close(close) {}
    Handle(Handle&& other) noexcept : m_id(std::exchange(other.m_id, -1)), m_close(other.m_close) {}
    Handle(const Handle&) = delete;
    Handle& operator=(const Handle&) = delete;
    ~Handle()
    {
        if (m_id >= 0) {
            m_close(m_id);
        }
    }
    hid_t id() const { return m_id; }
    bool isThere() const { return m_id >= 0; }

private:
    hid_t m_id;
    herr_t (*m_close)(hid_t);
};

/// Why the array cannot be read, as it is stored; empty if it can.
std::string storageRefusal(hid_t array, std::uint64_t bytes)
{
    const Handle creation(H5Dget_create_plist(array), H5Pclose);
    if (!creation.isThere()) {
        return "it is damaged";
    }
    if (H5Pget_external_count(creation.id()) != 0) {
        return "its numbers lie in another file";
    }
    const H5D_layout_t layout = H5Pget_layout(creation.id());
    if (layout != H5D_COMPACT && layout != H5D_CONTIGUOUS && layout != H5D_CHUNKED) {
        return "it is put together from other arrays";
    }
    const int filters = H5Pget_nfilters(creation.id());
    if (filters < 0 || filters > 4) {
        return "it is damaged";
    }
    for (int i = 0; i < filters; ++i) {
        unsigned flags = 0;
        std::size_t values = 0;
        const H5Z_filter_t filter = H5Pget_filter2(creation.id(), static_cast<unsigned>(i), &flags, &values, nullptr, 0, nullptr, nullptr);
        if (filter != H5Z_FILTER_DEFLATE && filter != H5Z_FILTER_SHUFFLE && filter != H5Z_FILTER_FLETCHER32) {
            return "it is compressed in another way than by deflate (gzip)";
        }
    }
    if (layout == H5D_CHUNKED) {
        std::array<hsize_t, kMostAxes> chunk{};
        const int axes = H5Pget_chunk(creation.id(), kMostAxes, chunk.data());
        std::uint64_t size = 8;
        for (int i = 0; i < axes && i < kMostAxes && size <= kLargestChunk; ++i) {
            size *= std::max<std::uint64_t>(1, std::min<std::uint64_t>(chunk[static_cast<std::size_t>(i)], kLargestChunk + 1));
        }
        if (axes <= 0 || size > kLargestChunk) {
            return "its chunks are too large";
        }
    }
    const std::uint64_t stored = H5Dget_storage_size(array);
    if (stored == 0) {
        return "it has no numbers yet";
    }
    if (bytes / kMostPerStoredByte > stored) {
        return "it promises more numbers than the file can hold";
    }
    return {};
}

/// The type that numbers are read as, and what comes of it; -1 for what is no number.
std::pair<hid_t, char> memoryType(hid_t array)
{
    const Handle type(H5Dget_type(array), H5Tclose);
    if (!type.isThere()) {
        return {-1, 'f'};
    }
    const H5T_class_t kind = H5Tget_class(type.id());
    const std::size_t width = H5Tget_size(type.id());
    if (kind == H5T_INTEGER && width == 1 && H5Tget_sign(type.id()) == H5T_SGN_NONE) {
        return {H5T_NATIVE_UCHAR, 'u'};
    }
    if ((kind == H5T_INTEGER || kind == H5T_FLOAT) && width >= 1 && width <= 16) {
        return {H5T_NATIVE_FLOAT, 'f'};
    }
    return {-1, 'f'};
}

/// Truth values as h5py writes them: an enumeration of two bytes' names. They are read as the bytes they are.
bool isTruth(hid_t array)
{
    const Handle type(H5Dget_type(array), H5Tclose);
    return type.isThere() && H5Tget_class(type.id()) == H5T_ENUM && H5Tget_size(type.id()) == 1 && H5Tget_nmembers(type.id()) == 2;
}

ArrayFacts factsOf(hid_t array, std::string name)
{
    ArrayFacts facts;
    facts.name = std::move(name);
    const Handle space(H5Dget_space(array), H5Sclose);
    const int axes = space.isThere() ? H5Sget_simple_extent_ndims(space.id()) : -1;
    if (axes < 1 || axes > kMostAxes || H5Sget_simple_extent_type(space.id()) != H5S_SIMPLE) {
        facts.refusal = axes == 0 ? "it is a single value" : "its shape is not known";
        return facts;
    }
    std::array<hsize_t, kMostAxes> extent{};
    H5Sget_simple_extent_dims(space.id(), extent.data(), nullptr);
    std::uint64_t elements = 1;
    for (int i = 0; i < axes; ++i) {
        const std::uint64_t one = extent[static_cast<std::size_t>(i)];
        facts.shape.push_back(one);
        if (one != 0 && elements > (1ULL << 40) / one) {
            facts.refusal = "it is too large";
            return facts;
        }
        elements *= one;
    }
    const auto [type, kind] = memoryType(array);
    const bool areTruths = type < 0 && isTruth(array);
    facts.kind = areTruths ? 'u' : kind;
    if (type < 0 && !areTruths) {
        facts.refusal = "it holds no numbers";
    } else if (elements == 0) {
        facts.refusal = "it is empty";
    } else {
        facts.refusal = storageRefusal(array, facts.bytes());
    }
    return facts;
}

struct Search {
    std::vector<ArrayFacts> found;
    std::size_t objects = 0;
};

void searchGroup(hid_t group, const std::string& prefix, int depth, Search& search);

herr_t visitLink(hid_t group, const char* name, const H5L_info_t* info, void* data)
{
    auto& [search, prefix, depth] = *static_cast<std::tuple<Search*, const std::string*, int>*>(data);
    if (++search->objects > kMostObjects || search->found.size() >= kMostArrays) {
        return 1; // enough
    }
    if (info->type != H5L_TYPE_HARD) {
        return 0; // soft and external links lead elsewhere
    }
    const Handle object(H5Oopen(group, name, H5P_DEFAULT), H5Oclose);
    if (!object.isThere()) {
        return 0;
    }
    const H5I_type_t type = H5Iget_type(object.id());
    if (type == H5I_DATASET) {
        search->found.push_back(factsOf(object.id(), *prefix + name));
    } else if (type == H5I_GROUP && depth < kDeepest) {
        searchGroup(object.id(), *prefix + name + "/", depth + 1, *search);
    }
    return 0;
}

void searchGroup(hid_t group, const std::string& prefix, int depth, Search& search)
{
    std::tuple<Search*, const std::string*, int> data{&search, &prefix, depth};
    hsize_t at = 0;
    (void)H5Literate(group, H5_INDEX_NAME, H5_ITER_NATIVE, &at, visitLink, &data); // what is damaged has no arrays
}

Error damaged(const std::string& name)
{
    return {ErrorKind::InvalidInput, "the array \"" + name + "\" is damaged", "Write the file again, or look at it with h5dump."};
}

/// Rows that are read at once: whole chunks, or the library would unpack them again and again.
std::uint64_t rowsAtOnce(hid_t array, std::uint64_t rowBytes)
{
    std::uint64_t rows = std::max<std::uint64_t>(1, kBlock / std::max<std::uint64_t>(1, rowBytes));
    const Handle creation(H5Dget_create_plist(array), H5Pclose);
    std::array<hsize_t, kMostAxes> chunk{};
    if (creation.isThere() && H5Pget_layout(creation.id()) == H5D_CHUNKED && H5Pget_chunk(creation.id(), kMostAxes, chunk.data()) > 0) {
        const std::uint64_t ofChunk = std::max<std::uint64_t>(1, chunk[0]);
        if (ofChunk * rowBytes <= kLargestChunk) {
            rows = std::max(ofChunk, rows / ofChunk * ofChunk);
        }
    }
    return rows;
}

} // namespace

std::uint64_t ArrayFacts::elements() const
{
    std::uint64_t count = shape.empty() ? 0 : 1;
    for (const std::uint64_t one : shape) {
        count *= one;
    }
    return count;
}

struct File::Handles {
    Handle file;
};

File::File(std::unique_ptr<Handles> handles) : m_handles(std::move(handles)) {}
File::File(File&&) noexcept = default;
File::~File() = default;

Result<File> File::open(const std::string& path)
{
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr); // errors are ours to tell
    H5PLset_loading_state(0);
    const Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
    H5Pset_fapl_sec2(access.id());
    Handle file(H5Fopen(path.c_str(), H5F_ACC_RDONLY, access.id()), H5Fclose);
    if (!file.isThere()) {
        return Error{ErrorKind::InvalidInput, "it is no whole HDF5 file", "Write it again; one that a program still writes has to be closed."};
    }
    return File(std::make_unique<Handles>(Handles{std::move(file)}));
}

Result<std::vector<ArrayFacts>> File::arrays() const
{
    const Handle root(H5Gopen2(m_handles->file.id(), "/", H5P_DEFAULT), H5Gclose);
    if (!root.isThere()) {
        return Error{ErrorKind::InvalidInput, "it has no groups", {}};
    }
    Search search;
    searchGroup(root.id(), {}, 0, search);
    return std::move(search.found);
}

Result<void> File::read(const std::string& name, const std::function<Result<void>(std::string_view bytes)>& take) const
{
    // By the list: a path may lead through links that the list does not follow.
    TY_TRY(const auto known, arrays());
    const auto facts = std::find_if(known.begin(), known.end(), [&](const ArrayFacts& one) { return one.name == name; });
    if (facts == known.end()) {
        return Error{ErrorKind::NotFound, "there is no array \"" + name + "\"", {}};
    }
    if (!facts->refusal.empty()) {
        return Error{ErrorKind::Unsupported, "the array \"" + name + "\" is not read: " + facts->refusal, {}};
    }
    const Handle array(H5Dopen2(m_handles->file.id(), name.c_str(), H5P_DEFAULT), H5Dclose);
    const Handle space(array.isThere() ? H5Dget_space(array.id()) : -1, H5Sclose);
    const Handle own(array.isThere() ? H5Dget_type(array.id()) : -1, H5Tclose);
    if (!space.isThere() || !own.isThere()) {
        return damaged(name);
    }
    const auto [native, kind] = memoryType(array.id());
    const hid_t type = native < 0 ? own.id() : native; // truth values as they are
    const std::uint64_t width = facts->kind == 'u' ? 1 : sizeof(float);
    const std::uint64_t rows = facts->shape[0];
    const std::uint64_t rowBytes = facts->elements() / rows * width;
    if (rowBytes > kLargestChunk) {
        return Error{ErrorKind::Unsupported, fmt::format("the array \"{}\" has samples of {} MiB", name, rowBytes >> 20), {}};
    }
    const std::uint64_t step = rowsAtOnce(array.id(), rowBytes);
    std::vector<hsize_t> start(facts->shape.size(), 0);
    std::vector<hsize_t> count(facts->shape.begin(), facts->shape.end());
    std::vector<char> block(std::min(step, rows) * rowBytes);
    for (std::uint64_t row = 0; row < rows; row += step) {
        start[0] = row;
        count[0] = std::min(step, rows - row);
        const Handle memory(H5Screate_simple(static_cast<int>(count.size()), count.data(), nullptr), H5Sclose);
        const bool isRead = memory.isThere() &&
            H5Sselect_hyperslab(space.id(), H5S_SELECT_SET, start.data(), nullptr, count.data(), nullptr) >= 0 &&
            H5Dread(array.id(), type, memory.id(), space.id(), H5P_DEFAULT, block.data()) >= 0;
        if (!isRead) {
            return damaged(name);
        }
        TY_CHECK(take(std::string_view(block.data(), count[0] * rowBytes)));
    }
    return {};
}

} // namespace ty::hdf5
