import ArgumentParser
import NNData
import NNDrawing
import NNReports

struct DatasetsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "datasets",
    abstract: "Lists the named data sources: location, rows, classes.",
    discussion: """
      The names are used under data: in a config. The folder in NN_DATA_DIR is searched first.

      EXAMPLES:
        nntrain datasets
        nntrain datasets --json
        NN_DATA_DIR=~/data nntrain datasets
      """)

  @OptionGroup var jsonOption: JSONOption
  @OptionGroup(title: "Global options") var globals: GlobalOptions

  func run() throws {
    guard !jsonOption.json else {
      var document = JSONLine()
      document.add("datasets", DatasetListing.all().map(Self.json))
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
    try Console.print(table.text)
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
}
