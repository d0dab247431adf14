#include "common/tls/pem_file.h"

#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <string>
#include <system_error>
#include <utility>

#include "common/base/bytes.h"
#include "common/tls/openssl_error.h"

namespace muxlab::tls {
namespace {

std::string system_reason() {
  return std::generic_category().message(errno);
}

Failure cannot(const char* verb, const std::filesystem::path& file, const std::string& reason) {
  return {file.string() + ": cannot be " + verb + " (" + reason + ")"};
}

Result<Bio> open_to_read(const std::filesystem::path& file) {
  ERR_clear_error();
  Bio bio{BIO_new_file(file.c_str(), "r")};
  if (!bio) return cannot("read", file, take_openssl_error());
  return bio;
}

// OpenSSL would otherwise ask for a passphrase on the terminal.
int refuse_passphrase(char*, int, int, void* was_asked) {
  *static_cast<bool*>(was_asked) = true;
  return -1;
}

// A file under a name of its own until it is complete; removed unless it was put in place.
class DraftFile {
 public:
  // Made with mode 0600 and O_EXCL by mkostemps. The name ends in .pem, so that a rule that keeps
  // keys out of version control (*.pem) also holds for a draft that a crash leaves behind.
  explicit DraftFile(const std::filesystem::path& target)
      : name_((target.parent_path() / (target.stem().string() + ".XXXXXX.pem")).string()),
        descriptor_(::mkostemps(name_.data(), 4, O_CLOEXEC)) {}

  ~DraftFile() {
    if (descriptor_ < 0) return;
    ::close(descriptor_);
    if (!in_place_) ::unlink(name_.c_str());
  }

  DraftFile(const DraftFile&) = delete;
  DraftFile& operator=(const DraftFile&) = delete;

  // Each step says whether it succeeded, and leaves its reason in errno if not.
  bool made() const { return descriptor_ >= 0; }

  bool write(Bytes bytes) {
    while (!bytes.empty()) {
      const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
      if (written < 0 && errno != EINTR) return false;
      if (written > 0) bytes = bytes.subspan(static_cast<std::size_t>(written));
    }
    return true;
  }

  bool put_in_place(const std::filesystem::path& target, ::mode_t mode) {
    in_place_ = ::fchmod(descriptor_, mode) == 0 && ::fsync(descriptor_) == 0 &&
                ::rename(name_.c_str(), target.c_str()) == 0;
    return in_place_;
  }

 private:
  std::string name_;
  int descriptor_;
  bool in_place_ = false;
};

Status replace_file(const std::filesystem::path& file, ::mode_t mode, Bytes bytes) {
  DraftFile draft{file};
  if (!draft.made() || !draft.write(bytes) || !draft.put_in_place(file, mode)) {
    return cannot("written", file, system_reason());
  }
  return Done{};
}

Bytes held_by(const Bio& memory) {
  char* text = nullptr;
  const long size = BIO_get_mem_data(memory.get(), &text);
  return bytes_of({text, static_cast<std::size_t>(size)});
}

}  // namespace

Result<Certificate> read_certificate(const std::filesystem::path& file) {
  const auto opened = open_to_read(file);
  if (!opened.ok()) return opened.failure();
  Certificate certificate{PEM_read_bio_X509(opened.value().get(), nullptr, nullptr, nullptr)};
  if (!certificate) {
    return Failure{file.string() + ": holds no readable certificate (" + take_openssl_error() +
                   ")"};
  }
  return certificate;
}

Result<PrivateKey> read_private_key(const std::filesystem::path& file) {
  const auto opened = open_to_read(file);
  if (!opened.ok()) return opened.failure();
  bool passphrase_wanted = false;
  PrivateKey key{PEM_read_bio_PrivateKey(opened.value().get(), nullptr, refuse_passphrase,
                                         &passphrase_wanted)};
  if (!key) {
    const std::string reason = take_openssl_error();
    return Failure{file.string() + ": holds no readable private key (" +
                   (passphrase_wanted ? "it is locked by a passphrase" : reason) + ")"};
  }
  return key;
}

Status write_certificate(const std::filesystem::path& file, const X509& certificate) {
  const Bio memory{BIO_new(BIO_s_mem())};
  if (!memory || PEM_write_bio_X509(memory.get(), &certificate) != 1) {
    return cannot("written", file, take_openssl_error());
  }
  return replace_file(file, 0644, held_by(memory));
}

Status write_private_key(const std::filesystem::path& file, const EVP_PKEY& key) {
  const Bio memory{BIO_new(BIO_s_secmem())};  // cleansed when freed
  if (!memory ||
      PEM_write_bio_PrivateKey(memory.get(), &key, nullptr, nullptr, 0, nullptr, nullptr) != 1) {
    return cannot("written", file, take_openssl_error());
  }
  return replace_file(file, 0600, held_by(memory));
}

}  // namespace muxlab::tls
