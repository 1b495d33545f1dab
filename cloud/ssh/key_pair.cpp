#include "cloud/ssh/key_pair.h"

#include <cerrno>
#include <memory>

#include <fcntl.h>
#include <libssh/libssh.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/files.h"

namespace ty::cloud {

namespace {

struct KeyFree {
    void operator()(ssh_key key) const { ssh_key_free(key); }
};
using Key = std::unique_ptr<ssh_key_struct, KeyFree>;

Result<std::string> publicLineOf(const Key& key, const std::string& comment)
{
    char* text = nullptr;
    if (ssh_pki_export_pubkey_base64(key.get(), &text) != SSH_OK) {
        return Error{ErrorKind::Internal, "libssh cannot write a public key", {}};
    }
    std::string line = std::string(ssh_key_type_to_char(ssh_key_type(key.get()))) + " " + text + " " + comment;
    ssh_string_free_char(text);
    return line;
}

Result<Key> readKey(const std::string& file)
{
    ssh_key read = nullptr;
    if (ssh_pki_import_privkey_file(file.c_str(), nullptr, nullptr, nullptr, &read) != SSH_OK) {
        return Error{
            ErrorKind::InvalidInput, file + " is no SSH key that can be read without a passphrase",
            "Move it away; Trainyard makes a new one."};
    }
    return Key(read);
}

/// libssh makes the file itself, so that it has to be there, empty and closed to others, before.
Result<void> writeKey(const Key& key, const std::string& file)
{
    const std::string temporary = file + ".new";
    TY_CHECK(removeTree(temporary));
    const int fd = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (fd < 0) {
        return errnoError(errno, "cannot write", temporary);
    }
    ::close(fd);
    if (ssh_pki_export_privkey_file(key.get(), nullptr, nullptr, nullptr, temporary.c_str()) != SSH_OK
        || ::chmod(temporary.c_str(), S_IRUSR | S_IWUSR) != 0) {
        return errnoError(errno, "cannot write", temporary);
    }
    const int written = ::open(temporary.c_str(), O_RDONLY | O_CLOEXEC);
    const bool isSynced = written >= 0 && ::fsync(written) == 0;
    const int code = errno;
    if (written >= 0) {
        ::close(written);
    }
    if (!isSynced) {
        return errnoError(code, "cannot write", temporary);
    }
    // A second program may have been faster; its key stays.
    if (::link(temporary.c_str(), file.c_str()) != 0 && errno != EEXIST) {
        return errnoError(errno, "cannot write", file);
    }
    return removeTree(temporary);
}

} // namespace

Result<KeyPair> KeyPair::openOrCreate(const std::string& folder, const std::string& comment)
{
    TY_CHECK(makeFolders(folder));
    KeyPair pair;
    pair.privateFile = folder + "/id_ed25519";
    if (!pathExists(pair.privateFile)) {
        ssh_key made = nullptr;
        if (ssh_pki_generate(SSH_KEYTYPE_ED25519, 0, &made) != SSH_OK) {
            return Error{ErrorKind::Internal, "libssh cannot make a key", {}};
        }
        TY_CHECK(writeKey(Key(made), pair.privateFile));
    }
    TY_TRY(const Key key, readKey(pair.privateFile));
    TY_TRY(pair.publicLine, publicLineOf(key, comment));
    const std::string publicFile = pair.privateFile + ".pub";
    if (!pathExists(publicFile)) {
        TY_CHECK(writeFileAtomically(publicFile, pair.publicLine + "\n"));
    }
    return pair;
}

} // namespace ty::cloud
