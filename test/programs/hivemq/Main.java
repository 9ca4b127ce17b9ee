import com.hivemq.embedded.EmbeddedHiveMQ;
import java.nio.file.Path;

/** HiveMQ CE with the folders of its configuration and of its data as arguments. */
public class Main {
  public static void main(String[] arguments) throws Exception {
    EmbeddedHiveMQ broker =
        EmbeddedHiveMQ.builder()
            .withConfigurationFolder(Path.of(arguments[0]))
            .withDataFolder(Path.of(arguments[1]))
            .build();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> broker.stop().join()));
    broker.start().get();
  }
}
