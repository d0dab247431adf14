// Asks for one address twice over HTTP/2 on one connection, uploads to another with Expect: 100-continue, and prints
// version and status of each. Trusts the PEM authority that it is given.
import java.io.FileInputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

public class AskTwice {
  public static void main(String[] arguments) throws Exception {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    try (FileInputStream pem = new FileInputStream(arguments[0])) {
      store.setCertificateEntry("muxlab", CertificateFactory.getInstance("X.509").generateCertificate(pem));
    }
    TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).sslContext(context).build();

    URI page = URI.create(arguments[1]);
    StringBuilder cookies = new StringBuilder("c0=v");
    for (int i = 1; i < 200; ++i) cookies.append("; c").append(i).append("=v");
    for (int i = 0; i < 2; ++i) {
      HttpRequest request = HttpRequest.newBuilder(page).header("Cookie", cookies.toString()).build();
      say(client.send(request, BodyHandlers.ofString()));
    }
    HttpRequest upload = HttpRequest.newBuilder(URI.create(arguments[2])).expectContinue(true)
        .POST(BodyPublishers.ofString("u".repeat(100_000))).build();
    say(client.send(upload, BodyHandlers.ofString()));
  }

  private static void say(HttpResponse<String> response) {
    System.out.println(response.version() + " " + response.statusCode());
  }
}
