#include "common/tls/certificate.h"

#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "common/tls/certificate_summary.h"
#include "tests/support/scratch_folder.h"

namespace muxlab::tls {
namespace {

using std::chrono::days;
using test::ScratchFolder;
using WallTime = std::chrono::system_clock::time_point;

const WallTime first_start = WallTime{} + days{20'777};  // 2026-11-20

struct FreeX509 {
  void operator()(X509* x509) const { X509_free(x509); }
};
using X509Pointer = std::unique_ptr<X509, FreeX509>;

std::string text_of_file(const std::filesystem::path& file) {
  std::ifstream stream{file};
  return {std::istreambuf_iterator<char>{stream}, {}};
}

void write_text(const std::filesystem::path& file, const std::string& text) {
  std::ofstream{file} << text;
}

X509Pointer read(const std::filesystem::path& file) {
  const std::string text = text_of_file(file);
  const std::unique_ptr<BIO, decltype(&BIO_free)> memory{
      BIO_new_mem_buf(text.data(), static_cast<int>(text.size())), BIO_free};
  return X509Pointer{PEM_read_bio_X509(memory.get(), nullptr, nullptr, nullptr)};
}

// "ok", or what an ordinary client says of the leaf when it trusts only the CA.
std::string verdict_on(const CertificateFiles& files, const std::string& name, WallTime now) {
  const X509Pointer authority = read(files.authority);
  const X509Pointer leaf = read(files.server);
  const std::unique_ptr<X509_STORE, decltype(&X509_STORE_free)> store{X509_STORE_new(),
                                                                      X509_STORE_free};
  X509_STORE_add_cert(store.get(), authority.get());
  const std::unique_ptr<X509_STORE_CTX, decltype(&X509_STORE_CTX_free)> check{X509_STORE_CTX_new(),
                                                                              X509_STORE_CTX_free};
  X509_STORE_CTX_init(check.get(), store.get(), leaf.get(), nullptr);
  X509_VERIFY_PARAM* const wanted = X509_STORE_CTX_get0_param(check.get());
  X509_VERIFY_PARAM_set_time(wanted, std::chrono::system_clock::to_time_t(now));
  X509_VERIFY_PARAM_set_purpose(wanted, X509_PURPOSE_SSL_SERVER);
  X509_VERIFY_PARAM_set_flags(wanted, X509_V_FLAG_X509_STRICT);
  if (X509_VERIFY_PARAM_set1_ip_asc(wanted, name.c_str()) != 1) {
    X509_VERIFY_PARAM_set1_host(wanted, name.data(), name.size());
  }
  X509_verify_cert(check.get());
  return X509_verify_cert_error_string(X509_STORE_CTX_get_error(check.get()));
}

std::string serial_number(const std::filesystem::path& file) {
  const X509Pointer x509 = read(file);
  const ASN1_INTEGER* const serial = X509_get0_serialNumber(x509.get());
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(serial)),
          static_cast<std::size_t>(ASN1_STRING_length(serial))};
}

std::string spki(const std::filesystem::path& file) {
  return summarize(file).value().spki_sha256_base64;
}

bool is_critical(const X509& x509, int kind) {
  const int at = X509_get_ext_by_NID(&x509, kind, -1);
  return at >= 0 && X509_EXTENSION_get_critical(X509_get_ext(&x509, at)) == 1;
}

class CertificateTest : public ::testing::Test {
 protected:
  CertificateFiles ensure(const std::vector<std::string>& names = {}, WallTime now = first_start) {
    const auto made = ensure_certificates(folder_.path(), names, now);
    EXPECT_TRUE(made.ok()) << made.failure().message;
    return CertificateFiles::in(folder_.path());
  }

  std::string failure(const std::vector<std::string>& names = {}, WallTime now = first_start) {
    const auto made = ensure_certificates(folder_.path(), names, now);
    return made.ok() ? "none" : made.failure().message;
  }

  std::vector<std::string> all_texts() const {
    const CertificateFiles files = CertificateFiles::in(folder_.path());
    return {text_of_file(files.authority), text_of_file(files.authority_key),
            text_of_file(files.server), text_of_file(files.server_key)};
  }

  std::string path_of(const char* name) const { return (folder_.path() / name).string(); }

  ScratchFolder folder_;
};

TEST_F(CertificateTest, TheFirstStartMakesAChainThatClientsAccept) {
  const CertificateFiles files = ensure();
  for (const std::string& name : always_named()) {
    EXPECT_EQ(verdict_on(files, name, first_start), "ok") << name;
  }
  EXPECT_EQ(verdict_on(files, "example.com", first_start), "hostname mismatch");
}

TEST_F(CertificateTest, HoldsTheExtensionsThatBrowsersDemand) {
  const CertificateFiles files = ensure();
  const X509Pointer authority = read(files.authority);
  EXPECT_TRUE(is_critical(*authority, NID_basic_constraints));
  EXPECT_TRUE(is_critical(*authority, NID_name_constraints));
  EXPECT_EQ(X509_get_key_usage(authority.get()), std::uint32_t{KU_KEY_CERT_SIGN | KU_CRL_SIGN});
  EXPECT_EQ(X509_get_pathlen(authority.get()), 0);
  EXPECT_EQ(X509_check_ca(authority.get()), 1);

  const X509Pointer leaf = read(files.server);
  EXPECT_EQ(X509_check_ca(leaf.get()), 0);
  EXPECT_EQ(X509_get_key_usage(leaf.get()), std::uint32_t{KU_DIGITAL_SIGNATURE});
  EXPECT_EQ(X509_get_extended_key_usage(leaf.get()), std::uint32_t{XKU_SSL_SERVER});
  EXPECT_EQ(ASN1_OCTET_STRING_cmp(X509_get0_authority_key_id(leaf.get()),
                                  X509_get0_subject_key_id(authority.get())),
            0);
  EXPECT_NE(X509_get0_subject_key_id(leaf.get()), nullptr);
}

TEST_F(CertificateTest, KeysAreForTheirOwnerAlone) {
  const CertificateFiles files = ensure();
  using std::filesystem::perms;
  const auto modes = [](const std::filesystem::path& file) {
    return std::filesystem::status(file).permissions();
  };
  EXPECT_EQ(modes(files.authority_key), perms{0600});
  EXPECT_EQ(modes(files.server_key), perms{0600});
  EXPECT_EQ(modes(files.authority), perms{0644});
  EXPECT_EQ(modes(files.server), perms{0644});
}

TEST_F(CertificateTest, LeavesNothingElseInTheFolder) {
  ensure();
  const std::filesystem::directory_iterator files{folder_.path()};
  EXPECT_EQ(std::distance(begin(files), end(files)), 4);
}

TEST_F(CertificateTest, TheSecondStartChangesNothing) {
  ensure({"192.168.7.9", "MuxLab.local"});
  const auto before = all_texts();
  ensure({"muxlab.LOCAL"}, first_start + days{300});
  EXPECT_EQ(all_texts(), before);
}

TEST_F(CertificateTest, RenewsTheLeafInItsLastMonthWithTheSameKey) {
  const CertificateFiles files = ensure();
  const auto before = all_texts();
  const std::string key = spki(files.server);
  const std::string serial = serial_number(files.server);

  const WallTime later = first_start + days{368};
  ensure({}, later);
  EXPECT_EQ(spki(files.server), key);
  EXPECT_NE(serial_number(files.server), serial);
  EXPECT_EQ(text_of_file(files.authority), before[0]);
  EXPECT_EQ(verdict_on(files, "localhost", later + days{100}), "ok");
}

TEST_F(CertificateTest, RenewsAnExpiredLeaf) {
  const CertificateFiles files = ensure();
  const WallTime later = first_start + days{1000};
  EXPECT_EQ(verdict_on(files, "localhost", later), "certificate has expired");
  ensure({}, later);
  EXPECT_EQ(verdict_on(files, "localhost", later), "ok");
}

TEST_F(CertificateTest, TheLeafNeverOutlivesTheAuthority) {
  const CertificateFiles files = ensure();
  const WallTime late = first_start + days{3640};
  ensure({}, late);
  const auto before = all_texts();
  EXPECT_EQ(summarize(files.server).value().not_after,
            summarize(files.authority).value().not_after);
  ensure({}, late + days{1});  // nothing better can be had
  EXPECT_EQ(all_texts(), before);
}

TEST_F(CertificateTest, AnAddedNameMeansANewLeafOfTheSameKey) {
  const CertificateFiles files = ensure();
  const std::string key = spki(files.server);
  ensure({"192.168.7.9", "fd00::17", "lab.localhost"});
  EXPECT_EQ(spki(files.server), key);
  for (const char* name : {"192.168.7.9", "fd00::17", "lab.localhost", "localhost", "::1"}) {
    EXPECT_EQ(verdict_on(files, name, first_start), "ok") << name;
  }
}

TEST_F(CertificateTest, VouchesForLoopbackPrivateAndLinkLocalAddresses) {
  const std::vector<std::string> inside = {
      "127.255.255.254", "10.255.0.1", "172.16.0.1", "172.31.255.254", "192.168.0.1", "169.254.1.1",
      "fe80::1",         "febf::1",    "fc00::1",    "fdff::1",        "muxlab.local"};
  const CertificateFiles files = ensure(inside);
  for (const std::string& name : inside) EXPECT_EQ(verdict_on(files, name, first_start), "ok");
}

// With such a name in it clients would refuse the whole certificate.
TEST_F(CertificateTest, LeavesOutWhatTheAuthorityMayNotVouchFor) {
  const std::vector<std::string> outside{"example.com", "notlocalhost", "other.local",
                                         "8.8.8.8",     "172.32.0.1",   "0.0.0.0",
                                         "2001:db8::1", "::2",          "fec0::1"};
  std::vector<std::string> names = outside;
  names.push_back("192.168.7.9");
  const CertificateFiles files = ensure(names);
  for (const char* name : {"localhost", "127.0.0.1", "192.168.7.9"}) {
    EXPECT_EQ(verdict_on(files, name, first_start), "ok") << name;
  }
  const std::vector<std::string> held = summarize(files.server).value().names;
  for (const std::string& name : outside) {
    EXPECT_EQ(std::count(held.begin(), held.end(), name), 0) << name;
  }
  const std::string serial = serial_number(files.server);
  ensure(names);
  EXPECT_EQ(serial_number(files.server), serial)
      << "what can't be named is no reason for a new one";
}

TEST_F(CertificateTest, RefusesWhatIsNoName) {
  for (const std::string name :
       {"", "two words", "a,DNS:example.com", "*.localhost", "-a.localhost", "a..localhost",
        "1.2.3.256", "[::1]", "fe80::1%eth0", "localhost."}) {
    EXPECT_EQ(failure({name}),
              "certificate: \"" + name +
                  "\" is neither a host name nor an address; correct it or leave it "
                  "out");
  }
}

TEST_F(CertificateTest, DoesNotReplaceAnAuthorityWhoseKeyIsMissing) {
  const CertificateFiles files = ensure();
  std::filesystem::remove(files.authority_key);
  const auto before = all_texts();
  EXPECT_EQ(failure(), path_of("ca-key.pem") +
                           ": is missing; make it readable or restore it, or delete ca.pem and "
                           "ca-key.pem for a new authority, which must then be trusted anew");
  EXPECT_EQ(all_texts(), before);
}

TEST_F(CertificateTest, NamesACorruptFileAndTheCure) {
  ensure();
  const auto whole = all_texts();
  for (const char* name : {"ca.pem", "ca-key.pem", "server.pem", "server-key.pem"}) {
    const std::string text = text_of_file(path_of(name));
    write_text(path_of(name), text.substr(0, text.size() / 2));
    const std::string message = failure();
    EXPECT_EQ(message.find(path_of(name) + ": holds no readable "), 0u) << message;
    EXPECT_NE(message.find("delete"), std::string::npos) << message;
    EXPECT_EQ(message.find('\n'), std::string::npos);
    write_text(path_of(name), text);
  }
  EXPECT_EQ(all_texts(), whole);
}

TEST_F(CertificateTest, RefusesAKeyThatIsNotTheAuthoritys) {
  const CertificateFiles files = ensure();
  write_text(files.authority_key, text_of_file(files.server_key));
  EXPECT_EQ(failure().find(path_of("ca-key.pem") + ": is not the key of " + path_of("ca.pem")), 0u);
}

TEST_F(CertificateTest, RefusesAnExpiredAuthority) {
  ensure();
  EXPECT_EQ(failure({}, first_start + days{3651}),
            path_of("ca.pem") +
                ": has expired; delete ca.pem and ca-key.pem for a new authority, "
                "which must then be trusted anew");
}

TEST_F(CertificateTest, FinishesAStartThatWasCutShort) {
  const CertificateFiles files = ensure();
  const std::string key = spki(files.server);
  std::filesystem::remove(files.authority);  // the keys were written, the certificates were not
  std::filesystem::remove(files.server);
  ensure();
  EXPECT_EQ(verdict_on(files, "localhost", first_start), "ok");
  EXPECT_EQ(spki(files.server), key);
}

TEST_F(CertificateTest, ANewAuthorityMeansANewLeaf) {
  const CertificateFiles files = ensure();
  const std::string issuer = summarize(files.server).value().issuer;
  std::filesystem::remove(files.authority);
  std::filesystem::remove(files.authority_key);
  ensure();
  EXPECT_EQ(verdict_on(files, "localhost", first_start), "ok");
  EXPECT_NE(summarize(files.server).value().issuer, issuer);
}

TEST_F(CertificateTest, SeveralStartsAtOnceAgree) {
  for (int round = 0; round < 5; ++round) {
    const std::filesystem::path folder = folder_.path() / std::to_string(round);
    std::vector<std::thread> starts;
    for (int start = 0; start < 4; ++start) {
      starts.emplace_back([&] {
        const auto made = ensure_certificates(folder, {}, first_start);
        EXPECT_TRUE(made.ok()) << made.failure().message;
      });
    }
    for (std::thread& start : starts) start.join();
    EXPECT_EQ(verdict_on(CertificateFiles::in(folder), "localhost", first_start), "ok");
  }
}

TEST_F(CertificateTest, NamesAFolderThatCannotBeMade) {
  write_text(path_of("taken"), "");
  const auto made = ensure_certificates(path_of("taken"), {}, first_start);
  ASSERT_FALSE(made.ok());
  EXPECT_EQ(made.failure().message.find(path_of("taken") + ": cannot be "), 0u)
      << made.failure().message;
}

TEST_F(CertificateTest, SummarizesForAPerson) {
  const CertificateFiles files = ensure({"10.1.2.3"});
  const CertificateSummary leaf = summarize(files.server).value();
  EXPECT_EQ(leaf.subject, "CN=muxlab");
  EXPECT_EQ(leaf.issuer, summarize(files.authority).value().subject);
  EXPECT_EQ(leaf.issuer.find("CN=muxlab CA "), 0u);
  EXPECT_EQ(leaf.not_after, "2027-12-22");
  EXPECT_EQ(leaf.names, (std::vector<std::string>{"localhost", "h1.localhost", "h2.localhost",
                                                  "127.0.0.1", "::1", "10.1.2.3"}));
  EXPECT_EQ(leaf.sha256_fingerprint.size(), 32 * 3 - 1);
  EXPECT_EQ(leaf.spki_sha256_base64.size(), 44u);
}

}  // namespace
}  // namespace muxlab::tls
