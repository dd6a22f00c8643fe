import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.ExpressionTree;
import com.sun.source.tree.IdentifierTree;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.tree.MethodInvocationTree;
import com.sun.source.tree.NewClassTree;
import com.sun.source.tree.AnnotatedTypeTree;
import com.sun.source.tree.ParameterizedTypeTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreePath;
import com.sun.source.util.TreePathScanner;
import com.sun.source.util.Trees;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.lang.model.element.Element;
import javax.lang.model.element.ElementKind;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;

/**
 * Prints what javac takes each call in a folder of sources to mean, tab-separated: path, line and column of the name
 * (from 1), name, then path and line of the definition, both empty where it is outside of the folder. What the compiler
 * does not know, for want of a library, is left out.
 */
public final class CallOracle extends TreePathScanner<Void, Void> {
  private static final PrintStream OUT = new PrintStream(System.out, false, java.nio.charset.StandardCharsets.UTF_8);
  private final Path root;
  private final Trees trees;
  private final CompilationUnitTree unit;
  private final String text;
  private final SourcePositions positions;

  private CallOracle(Path root, Trees trees, CompilationUnitTree unit) throws IOException {
    this.root = root;
    this.trees = trees;
    this.unit = unit;
    this.text = unit.getSourceFile().getCharContent(true).toString();
    this.positions = trees.getSourcePositions();
  }

  public static void main(String[] arguments) throws IOException {
    Path root = Path.of(arguments[0]).toRealPath();
    List<File> files = new ArrayList<>();
    try (var paths = Files.walk(root)) {
      paths.filter(path -> path.toString().endsWith(".java") && !path.endsWith("module-info.java"))
          .forEach(path -> files.add(path.toFile()));
    }
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    var manager = compiler.getStandardFileManager(null, null, null);
    // Libraries are missing: errors are expected, and analysis goes on behind them.
    List<String> options = List.of("-proc:none", "-XDshould-stop.ifError=FLOW", "-Xmaxerrs", "100000");
    var silent = new PrintWriter(Writer.nullWriter());
    var sources = manager.getJavaFileObjectsFromFiles(files);
    JavacTask task = (JavacTask) compiler.getTask(silent, manager, message -> {}, options, null, sources);
    List<CompilationUnitTree> units = new ArrayList<>();
    task.parse().forEach(units::add);
    task.analyze();
    for (CompilationUnitTree unit : units) new CallOracle(root, Trees.instance(task), unit).scan(unit, null);
    OUT.flush();
  }

  @Override
  public Void visitMethodInvocation(MethodInvocationTree call, Void nothing) {
    ExpressionTree selected = call.getMethodSelect();
    Element method = trees.getElement(new TreePath(getCurrentPath(), selected));
    long end = positions.getEndPosition(unit, selected);
    if (selected instanceof MemberSelectTree member) print(member.getIdentifier().toString(), end, method);
    else if (selected instanceof IdentifierTree name) print(name.getName().toString(), end, method);
    return super.visitMethodInvocation(call, nothing);
  }

  @Override
  public Void visitNewClass(NewClassTree made, Void nothing) {
    Tree type = made.getIdentifier();
    for (;;) {
      if (type instanceof ParameterizedTypeTree generic) type = generic.getType();
      else if (type instanceof AnnotatedTypeTree annotated) type = annotated.getUnderlyingType();
      else break;
    }
    String name = type instanceof MemberSelectTree member ? member.getIdentifier().toString() : type.toString();
    Element named = trees.getElement(new TreePath(getCurrentPath(), type));
    print(name, positions.getEndPosition(unit, type), named);
    return super.visitNewClass(made, nothing);
  }

  /** What the compiler writes itself (`super()`) stands nowhere in the text. */
  private void print(String name, long end, Element element) {
    long start = end - name.length();
    if (start < 0 || element == null || !text.startsWith(name, (int) start)) return;
    boolean isKnown = switch (element.getKind()) {
      case METHOD, CONSTRUCTOR, CLASS, INTERFACE, RECORD, ENUM, ANNOTATION_TYPE -> !element.asType().toString().contains("<any>");
      default -> false;
    };
    if (!isKnown) return;
    String before = text.substring(0, (int) start);
    long line = before.chars().filter(character -> character == '\n').count() + 1;
    int column = (int) start - before.lastIndexOf('\n');
    String target = "\t";
    TreePath path = declaration(element);
    if (path != null) {
      CompilationUnitTree other = path.getCompilationUnit();
      long at = other.getLineMap().getLineNumber(positions.getStartPosition(other, path.getLeaf()));
      target = pathOf(other) + "\t" + at;
    }
    OUT.println(pathOf(unit) + "\t" + line + "\t" + column + "\t" + name + "\t" + target);
  }

  /** A constructor nobody wrote is its class. */
  private TreePath declaration(Element element) {
    TreePath path = trees.getPath(element);
    boolean isImplied = path == null && element.getKind() == ElementKind.CONSTRUCTOR;
    return isImplied ? trees.getPath(element.getEnclosingElement()) : path;
  }

  private String pathOf(CompilationUnitTree tree) {
    return root.relativize(Path.of(tree.getSourceFile().toUri())).toString().replace(File.separatorChar, '/');
  }
}
