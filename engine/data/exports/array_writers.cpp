// NPY and NPZ.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>

#include "engine/data/exports/export_writers.h"
#include "engine/data/text_values.h"

namespace ty::engine {

namespace {

/// The header of an NPY file, version 1.
std::string npyHeader(const std::string& type, const std::vector<std::uint64_t>& shape)
{
    std::string header =
        fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': ({},), }}", type, fmt::join(shape, ", "));
    if (shape.size() > 1) {
        header.erase(header.rfind(",)"), 1);
    }
    constexpr std::size_t kBefore = 10;
    constexpr std::size_t kAlignment = 64;
    header.resize((header.size() + 1 + kBefore + kAlignment - 1) / kAlignment * kAlignment - kBefore, ' ');
    header.back() = '\n';
    std::string bytes("\x93NUMPY\x01\x00", 8);
    bytes += static_cast<char>(header.size() & 0xffU);
    bytes += static_cast<char>(header.size() >> 8);
    return bytes + header;
}

template <typename T> void append(std::string& bytes, T value)
{
    const std::size_t before = bytes.size();
    bytes.resize(before + sizeof(T));
    std::memcpy(bytes.data() + before, &value, sizeof(T));
}

/// Takes arrays, each announced with its size: files of their own, or files in one archive.
class ArraySink {
public:
    virtual ~ArraySink() = default;
    virtual Result<void> begin(const std::string& name, std::uint64_t bytes) = 0;
    virtual Result<void> write(std::string_view bytes) = 0;
    virtual Result<void> finish() = 0; ///< all of them
};

class NpyFiles final : public ArraySink {
public:
    explicit NpyFiles(ExportJob& job) : m_job(job) {}
    Result<void> begin(const std::string& name, std::uint64_t) override
    {
        TY_CHECK(finish());
        TY_TRY(m_file, ExportFile::create(m_job.folder + "/" + name));
        m_job.done.files.push_back(name);
        return {};
    }
    Result<void> write(std::string_view bytes) override { return m_file->write(bytes); }
    Result<void> finish() override { return m_file ? m_file->finish() : Result<void>(); }

private:
    ExportJob& m_job;
    std::optional<ExportFile> m_file;
};

class NpzFile final : public ArraySink {
public:
    explicit NpzFile(ExportJob& job) : m_job(job), m_name(job.stem + ".npz"), m_handle(archive_write_new())
    {
        if (m_handle != nullptr) {
            archive_write_set_format_zip(m_handle.get());
            archive_write_set_options(m_handle.get(), "zip:compression=store"); // as numpy.savez does, and at once to read
        }
    }
    Result<void> begin(const std::string& name, std::uint64_t bytes) override
    {
        if (!m_isOpen) {
            m_isOpen = true;
            TY_CHECK(judge(archive_write_open_filename(m_handle.get(), (m_job.folder + "/" + m_name).c_str())));
            m_job.done.files.push_back(m_name);
        }
        const std::unique_ptr<archive_entry, FreeEntry> entry(archive_entry_new());
        archive_entry_set_pathname(entry.get(), name.c_str());
        archive_entry_set_filetype(entry.get(), AE_IFREG);
        archive_entry_set_perm(entry.get(), 0644);
        archive_entry_set_size(entry.get(), static_cast<la_int64_t>(bytes));
        return judge(archive_write_header(m_handle.get(), entry.get()));
    }
    Result<void> write(std::string_view bytes) override
    {
        return archive_write_data(m_handle.get(), bytes.data(), bytes.size()) == static_cast<la_ssize_t>(bytes.size())
                   ? Result<void>()
                   : judge(ARCHIVE_FATAL);
    }
    Result<void> finish() override { return judge(archive_write_close(m_handle.get())); }

private:
    struct FreeEntry {
        void operator()(archive_entry* entry) const { archive_entry_free(entry); }
    };
    struct FreeArchive {
        void operator()(archive* handle) const { archive_write_free(handle); }
    };
    Result<void> judge(int code) const
    {
        if (code == ARCHIVE_OK) {
            return {};
        }
        const int number = archive_errno(m_handle.get());
        return errnoError(number > 0 ? number : EIO, "cannot write", m_name);
    }

    ExportJob& m_job;
    std::string m_name;
    std::unique_ptr<archive, FreeArchive> m_handle;
    bool m_isOpen = false;
};

/// "x.npy", "y_test.npy"
std::string arrayName(char letter, const ExportPart& part)
{
    const std::string suffix = part.name.empty()         ? ""
                               : part.name == "training" ? "_train"
                               : part.name == "test"     ? "_test"
                                                         : "_val";
    return letter + suffix + ".npy";
}

Result<void> beginArray(ArraySink& sink, const std::string& name, const std::string& type, std::size_t width, const std::vector<std::uint64_t>& shape)
{
    const std::string header = npyHeader(type, shape);
    std::uint64_t bytes = width;
    for (const std::uint64_t extent : shape) {
        bytes *= extent;
    }
    TY_CHECK(sink.begin(name, header.size() + bytes));
    return sink.write(header);
}

Result<void> writeImages(ExportJob& job, ArraySink& sink, const ExportPart& part)
{
    const auto [depth, height, width] = job.dataset.info().imageShape;
    const auto channels = static_cast<std::size_t>(depth);
    const auto rows = static_cast<std::size_t>(height);
    const auto columns = static_cast<std::size_t>(width);
    std::vector<std::uint64_t> shape = {part.samples.size(), rows, columns};
    if (channels > 1) {
        shape.push_back(channels);
    }
    TY_CHECK(beginArray(sink, arrayName('x', part), "|u1", 1, shape));
    std::vector<std::uint8_t> pixels(channels * rows * columns);
    std::string turned(pixels.size(), '\0');
    const std::size_t plane = rows * columns;
    for (const std::uint64_t sample : part.samples) {
        TY_CHECK(job.step());
        TY_CHECK(job.dataset.readImage(sample, pixels));
        for (std::size_t i = 0; i < pixels.size(); ++i) {
            turned[i % plane * channels + i / plane] = static_cast<char>(pixels[i]);
        }
        TY_CHECK(sink.write(turned));
    }
    return {};
}

Result<void> writeFeatures(ExportJob& job, ArraySink& sink, const ExportPart& part)
{
    const DatasetInfo& info = job.dataset.info();
    std::vector<std::size_t> features;
    std::vector<std::string> names;
    for (std::size_t c = 0; c < info.columns.size(); ++c) {
        const bool isNumber = info.columns[c].type != ColumnType::Text;
        if (info.columns[c].role == ColumnRole::Feature && isNumber) {
            features.push_back(c);
            names.push_back(info.columns[c].name);
        }
    }
    if (features.empty()) {
        return Error{ErrorKind::Unsupported, info.name + " has no column of numbers or categories", "Write it as CSV."};
    }
    TY_CHECK(beginArray(sink, arrayName('x', part), "<f4", sizeof(float), {part.samples.size(), features.size()}));
    std::string row;
    for (const std::uint64_t sample : part.samples) {
        TY_CHECK(job.step());
        row.clear();
        for (const std::size_t c : features) {
            if (info.columns[c].type != ColumnType::Category) {
                append(row, job.dataset.numericColumn(c)[sample]);
                continue;
            }
            const std::int32_t code = job.dataset.categoryColumn(c)[sample];
            append(row, code < 0 ? std::numeric_limits<float>::quiet_NaN() : static_cast<float>(code));
        }
        TY_CHECK(sink.write(row));
    }
    job.details["columns"] = names;
    return {};
}

/// Class names as texts of one length, in UTF-32.
Result<void> writeNames(ExportJob& job, ArraySink& sink, const ExportPart& part)
{
    const auto& classes = job.dataset.info().classes;
    std::vector<std::u32string> names;
    std::size_t longest = 1;
    for (const ClassInfo& entry : classes) {
        names.push_back(utf32From(entry.name));
        longest = std::max(longest, names.back().size());
    }
    TY_CHECK(beginArray(sink, arrayName('y', part), fmt::format("<U{}", longest), 4 * longest, {part.samples.size()}));
    std::string cell;
    for (const std::uint64_t sample : part.samples) {
        const std::int32_t index = job.dataset.classOf(sample);
        std::u32string name = index < 0 ? std::u32string() : names[static_cast<std::size_t>(index)];
        name.resize(longest, U'\0');
        cell.clear();
        for (const char32_t character : name) {
            append(cell, static_cast<std::uint32_t>(character));
        }
        TY_CHECK(sink.write(cell));
    }
    return {};
}

Result<void> writeLabels(ExportJob& job, ArraySink& sink, const ExportPart& part)
{
    const DatasetInfo& info = job.dataset.info();
    if (info.task == Task::Classification && !areClassesNumbers(info)) {
        return writeNames(job, sink, part);
    }
    const bool isClassified = info.task == Task::Classification;
    TY_CHECK(beginArray(sink, arrayName('y', part), isClassified ? "<i8" : "<f4", isClassified ? 8 : 4, {part.samples.size()}));
    std::vector<std::int64_t> numbers;
    for (const ClassInfo& entry : info.classes) {
        double value = 0;
        parseNumber(entry.name, value);
        numbers.push_back(static_cast<std::int64_t>(value));
    }
    std::string cell;
    for (const std::uint64_t sample : part.samples) {
        cell.clear();
        if (isClassified) {
            const std::int32_t index = job.dataset.classOf(sample);
            append(cell, index < 0 ? std::int64_t{-1} : numbers[static_cast<std::size_t>(index)]);
        } else {
            append(cell, static_cast<float>(job.dataset.targetOf(sample)));
        }
        TY_CHECK(sink.write(cell));
    }
    return {};
}

} // namespace

Result<void> writeArrays(ExportJob& job, bool isOneFile)
{
    NpyFiles files(job);
    NpzFile archive(job);
    ArraySink& sink = isOneFile ? static_cast<ArraySink&>(archive) : files;
    const bool areImages = job.dataset.info().kind == DataKind::Image;
    for (const ExportPart& part : job.parts) {
        TY_CHECK(areImages ? writeImages(job, sink, part) : writeFeatures(job, sink, part));
        TY_CHECK(writeLabels(job, sink, part));
    }
    return sink.finish();
}

} // namespace ty::engine
