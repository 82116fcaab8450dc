import NNCore
import NNFormats

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A data set whose files `scripts/prepare-data` makes from packages of Debian or PyPI.
package struct PackagedData: Sendable {
  /// A collection of packages.
  package enum Registry: String, Sendable {
    case debian = "Debian"
    case pypi = "PyPI"
  }

  /// How the files are in the packages.
  package enum Form: Sendable, Hashable {
    /// The package installs them in a folder where they are found.
    case installed
    /// As they are, in a folder of the package.
    case members(folder: String)
    /// In another format, from which the script converts them.
    case converted
  }

  /// The names of the data set; the first is the script's.
  package let names: [String]
  /// The paths of the files, or of folders of images, in the folder of prepared data.
  package let files: [String]
  package let registry: Registry
  package let packages: [String]
  package let form: Form

  /// The name of the data set in the script.
  package var name: String { names[0] }

  /// The folder for prepared data: `NN_DATA_DIR`, else `data` in the working directory.
  package static var folder: String { chosenFolder ?? "data" }

  /// The folder in `NN_DATA_DIR`, or nil.
  package static var chosenFolder: String? {
    getenv("NN_DATA_DIR").map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
  }

  /// Whether all files are in a folder.
  package func isComplete(in folder: String) -> Bool {
    files.allSatisfy { FileBytes.exists("\(folder)/\($0)") }
  }

  /// The command that makes the files in ``folder``.
  package var command: String { "nntrain datasets --install \(name)" }

  /// How to make a missing file where it was looked for, if its path ends like one of a data set.
  package static func hint(forMissing path: String) -> String? {
    for data in all {
      for file in data.files where path == file || path.hasSuffix("/\(file)") {
        let place = AbsolutePath.of(String(path.dropLast(file.count)))
        return place == AbsolutePath.of(folder)
          ? data.command : "\(data.command), with NN_DATA_DIR set to \(place)"
      }
    }
    return nil
  }

  /// The data set of a name, or nil.
  package static func named(_ name: String) -> PackagedData? {
    all.first { $0.names.contains(name) }
  }

  /// All data sets, in the order of the script.
  package static let all = [
    PackagedData(
      names: ["king-james"], files: ["king-james.txt"], registry: .debian,
      packages: ["sword-text-kjv"], form: .converted),
    PackagedData(
      names: ["verses"], files: ["verses-train.tsv", "verses-test.tsv"], registry: .debian,
      packages: ["sword-text-kjv", "sword-text-sparv"], form: .converted),
    PackagedData(
      names: ["sunspots"], files: ["sunspots.csv"], registry: .pypi, packages: ["statsmodels"],
      form: .members(folder: "statsmodels/datasets/sunspots")),
    PackagedData(
      names: ["co2"], files: ["co2.csv"], registry: .pypi, packages: ["statsmodels"],
      form: .converted),
    PackagedData(
      names: ["iris"], files: ["iris.csv"], registry: .pypi, packages: ["scikit-learn"],
      form: .converted),
    PackagedData(
      names: ["basic-motions"], files: ["BasicMotions_TRAIN.ts", "BasicMotions_TEST.ts"],
      registry: .pypi, packages: ["aeon"],
      form: .members(folder: "aeon/datasets/data/BasicMotions")),
    PackagedData(
      names: ["gun-point"], files: ["GunPoint_TRAIN.ts", "GunPoint_TEST.ts"], registry: .pypi,
      packages: ["aeon"], form: .members(folder: "aeon/datasets/data/GunPoint")),
    PackagedData(
      names: ["emoji"], files: ["emoji/train", "emoji/test"], registry: .debian,
      packages: ["fonts-noto-color-emoji", "unicode-data"], form: .converted),
    PackagedData(
      names: FashionMNIST.allCases.map(\.rawValue),
      files: ["train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1"]
        .map { "fashion-mnist/\($0)-ubyte.gz" },
      registry: .debian, packages: ["dataset-fashion-mnist"], form: .installed),
  ]
}

extension NNError {
  /// The same error; where it names a missing file of a data set, with the command that makes it.
  func suggestingInstallation() -> NNError {
    guard hint == nil, let place, !FileBytes.exists(place),
      let command = PackagedData.hint(forMissing: place)
    else { return self }
    return NNError(kind, message, at: place, hint: command)
  }
}
