import Foundation
import NNTestSupport
import Testing

@Suite("datasets --install")
struct DataInstallationTests {
  private let folder: TemporaryFolder
  /// No data set is installed for this program unless a test does so.
  private let environment: [String: String?]

  init() throws {
    folder = try TemporaryFolder()
    environment = ["NN_DATA_DIR": folder.path("data")]
  }

  /// A copy of the program, where the script is unless `script` is nil.
  private func program(script: String?) throws -> Program {
    let path = folder.path("clone/.build/release/nntrain")
    try FileManager.default.createDirectory(
      atPath: folder.path("clone/.build/release"), withIntermediateDirectories: true)
    try FileManager.default.copyItem(atPath: CommandLine.program.path, toPath: path)
    if let script { try folder.write(script, to: "clone/scripts/prepare-data") }
    return Program(path: path)
  }

  @Test("runs the script of the clone, which verifies files that exist, too")
  func install() throws {
    let program = try program(
      script: """
        mkdir -p "$3" && echo "$1 $2" && echo 1 >"$3/sunspots.csv"
        """)
    let file = folder.path("data/sunspots.csv")
    let clone = folder.path("clone")
    for _ in 0..<2 {
      let result = try program.run(
        ["datasets", "--install", "sunspots"], environment: environment)
      #expect(result.status == 0, "\(result.standardError)")
      #expect(
        result.standardOutput == """
          sunspots: \(file) from the PyPI package statsmodels
          the configs in docs/examples/configs read it from \(clone)/data; for them: \
          NN_DATA_DIR=\(clone)/data nntrain datasets --install sunspots
          sunspots --out

          """)
      #expect(folder.contains("data/sunspots.csv"))
    }
    let list = try program.run(["datasets"], environment: environment).standardOutput
    #expect(list.contains("sunspots       PyPI: statsmodels") && list.contains(file))
  }

  @Test("names no other folder where the configs of the clone find the files")
  func folderOfConfigs() throws {
    let program = try program(script: "echo made")
    let data = folder.path("clone/data")
    let result = try program.run(
      ["datasets", "--install", "iris"], environment: ["NN_DATA_DIR": "\(data)/../data"])
    #expect(
      result.standardOutput
        == "iris: \(data)/../data/iris.csv from the PyPI package scikit-learn\nmade\n")
  }

  @Test("a file of the same name with other contents is an error and stays as it is")
  func ownFile() throws {
    let own = try folder.write("mine", to: "data/iris.csv")
    try CommandLine.fail(
      ["datasets", "--install", "iris"], status: 1,
      saying: [
        "\(own) is another file", "it stays as it is: move it away, or choose another folder",
      ], environment: environment)
    #expect(try folder.text(of: "data/iris.csv") == "mine")
  }

  @Test("without the script, files that exist are installed")
  func existing() throws {
    let file = try folder.write("", to: "data/sunspots.csv")
    let result = try program(script: nil).run(
      ["datasets", "--install", "sunspots"], environment: environment)
    #expect(result.standardOutput == "sunspots is installed: \(file)\n")
  }

  @Test("writes to data in the working directory by default")
  func standardFolder() throws {
    let program = try program(script: "echo \"$@\"")
    let result = try program.run(
      ["datasets", "--install", "verses"], environment: ["NN_DATA_DIR": nil], in: folder.path)
    #expect(
      result.standardOutput == """
        verses: data/verses-train.tsv, data/verses-test.tsv from the Debian packages \
        sword-text-kjv and sword-text-sparv
        verses --out data

        """)
  }

  @Test("its exit status is the script's")
  func failure() throws {
    let program = try program(script: "echo 'error: no network' >&2; exit 1")
    let result = try program.run(["datasets", "--install", "co2"], environment: environment)
    #expect(result.status == 1 && result.standardError == "error: no network\n")
  }

  @Test(
    "without the script it prints the commands to run",
    arguments: [
      (
        "sunspots",
        [
          "sunspots: scripts/prepare-data makes its files from the PyPI package statsmodels",
          "pip download --no-deps --only-binary=:all: statsmodels && unzip -j statsmodels-*.whl "
            + "statsmodels/datasets/sunspots/sunspots.csv -d ",
        ]
      ),
      (
        "king-james",
        [
          "the Debian package sword-text-kjv",
          "in a clone of the repository, run: scripts/prepare-data king-james --out ",
        ]
      ),
    ])
  func withoutScript(name: String, fragments: [String]) throws {
    let program = try program(script: nil)
    let result = try program.run(["datasets", "--install", name], environment: environment)
    #expect(result.status == 1 && result.standardOutput == "")
    for fragment in fragments {
      #expect(result.standardError.contains(fragment), "\(result.standardError)")
    }
    #expect(result.standardError.contains(folder.path("data")))
  }

  @Test("Fashion-MNIST is found in NN_DATA_DIR, if all its files are there")
  func fashion() throws {
    let program = try program(script: "echo \"$1\"")
    func install() throws -> String {
      try program.run(
        ["datasets", "--install", "fashion-mnist"], environment: environment
      ).standardOutput
    }
    for name in ["train-images-idx3", "train-labels-idx1"] {
      try folder.write("", to: "data/fashion-mnist/\(name)-ubyte")
    }
    // Debian's package may be installed, which the program finds as well.
    let isInstalled = FileManager.default.fileExists(
      atPath: "/usr/share/datasets/fashion-mnist/t10k-images-idx3-ubyte.gz")
    if !isInstalled { #expect(try install().hasSuffix("\nfashion-mnist\n")) }
    for name in ["t10k-images-idx3", "t10k-labels-idx1"] {
      try folder.write("", to: "data/fashion-mnist/\(name)-ubyte")
    }
    #expect(
      try install() == "fashion-mnist is installed: \(folder.path("data/fashion-mnist"))\n")
  }

  @Test("generated data need no files")
  func generated() throws {
    let output = try CommandLine.succeed("datasets", "--install", "xor")
    #expect(output == "xor is generated: it has no files\n")
  }

  @Test("unknown names")
  func unknown() throws {
    try CommandLine.fail(
      ["datasets", "--install", "sunspot"],
      saying: [
        "there is no data set \"sunspot\"", "did you mean `sunspots`? data sets: fashion-mnist, ",
      ])
    try CommandLine.fail(
      ["datasets", "--install", "foo"],
      saying: ["hint: did you mean `xor`? data sets: fashion-mnist, ", ", gun-point, emoji"])
    try CommandLine.fail(
      ["datasets", "--install", "imagenet"],
      saying: ["hint: data sets: fashion-mnist, ", ", gun-point, emoji"])
    try CommandLine.fail(
      ["datasets", "--install", "xor", "--json"], saying: ["expected it without --install"])
  }
}
