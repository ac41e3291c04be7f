import java.nio.file.Files;
import java.nio.file.Path;

/** Says before a long silence what it is for: the first run downloads what the day needs. */
final class FirstRun {
    public static void main(String[] arguments) {
        var lastToArrive = Path.of(arguments[0], "net", "hydromatic", "foodmart-data-json");
        if (Files.notExists(lastToArrive)) {
            System.out.println(
                    "First run: Maven downloads libraries, a PostgreSQL and the day's data (about"
                            + " 300 MB) and compiles. With a fast line that takes a minute or two;"
                            + " after it the day starts at once.");
        }
    }
}
