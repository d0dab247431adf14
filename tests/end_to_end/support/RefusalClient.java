// Java's HttpClient, sending content that nobody wants: prints the status of each answer, a line each.
// usage: java RefusalClient.java URL CONTENT_BYTES TIMES HTTP_1_1|HTTP_2 CA_FILE
import java.io.FileInputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

class RefusalClient {
  public static void main(String[] arguments) throws Exception {
    KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
    trusted.load(null, null);
    try (FileInputStream file = new FileInputStream(arguments[4])) {
      trusted.setCertificateEntry(
          "authority", CertificateFactory.getInstance("X.509").generateCertificate(file));
    }
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    SSLContext tls = SSLContext.getInstance("TLS");
    tls.init(null, trust.getTrustManagers(), null);
    byte[] content = new byte[Integer.parseInt(arguments[1])];
    for (int i = 0; i < Integer.parseInt(arguments[2]); ++i) {
      HttpClient client =
          HttpClient.newBuilder()
              .version(HttpClient.Version.valueOf(arguments[3]))
              .sslContext(tls)
              .build();
      HttpRequest request =
          HttpRequest.newBuilder(URI.create(arguments[0]))
              .POST(HttpRequest.BodyPublishers.ofByteArray(content))
              .build();
      try {
        System.out.println(client.send(request, HttpResponse.BodyHandlers.ofString()).statusCode());
      } catch (java.io.IOException error) {
        System.out.println(error);
      }
    }
  }
}
