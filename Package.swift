// swift-tools-version: 6.2
import PackageDescription

/// One row per module: where it stands in the house and what it may import (downward only).
struct Room {
  enum Kind { case library, cLibrary, executable, example, tests, testSupport }
  var kind: Kind
  var name: String
  var imports: [Target.Dependency] = []
  /// Folders with headers that a C module includes from modules which depend on it.
  var headers: [String] = []
  var hasFixtures = false
  /// Whether `Assets` holds files that `CAssets` embeds.
  var hasAssets = false
}

let argumentParser = Target.Dependency.product(
  name: "ArgumentParser", package: "swift-argument-parser")

let rooms: [Room] = [
  // Foundations: values, memory, loops, files, texts.
  Room(kind: .library, name: "NNCore"),
  // The loops take the C compiler a minute of processor time. Swift modules import CKernels alone,
  // so that they need not wait until the loops are compiled.
  Room(kind: .cLibrary, name: "CInstructionSets", headers: ["../CKernels", "../CKernels/include"]),
  Room(kind: .cLibrary, name: "CKernels", imports: ["CInstructionSets"]),
  Room(kind: .cLibrary, name: "CProcess"),
  Room(
    kind: .library, name: "NNKernels",
    imports: ["NNCore", "CKernels", "CProcess", "COpenBLAS", "CLAPACKE"]),
  Room(kind: .library, name: "NNFormats", imports: ["NNCore", "CZlib"]),
  Room(kind: .library, name: "NNText", imports: ["NNCore", "NNFormats"]),
  Room(kind: .library, name: "NNData", imports: ["NNCore", "NNFormats", "NNText"]),
  // The centre: graph, gradients, plan, session.
  Room(kind: .library, name: "NNGraph", imports: ["NNCore", "NNKernels"]),
  // What networks are made of; none of these sees a kernel.
  Room(kind: .library, name: "NNLayers", imports: ["NNCore", "NNGraph"]),
  Room(kind: .library, name: "NNLosses", imports: ["NNCore", "NNGraph"]),
  Room(kind: .library, name: "NNOptimizers", imports: ["NNCore", "NNGraph"]),
  Room(kind: .library, name: "NNMetrics", imports: ["NNCore", "NNText"]),
  // Runs: config, trainer, checkpoints.
  Room(
    kind: .library, name: "NNTraining",
    imports: [
      "NNCore", "NNGraph", "NNLayers", "NNLosses", "NNOptimizers", "NNMetrics", "NNText",
      "NNData", "NNFormats", "CYAML",
    ]),
  Room(
    kind: .library, name: "NeuralNet",
    imports: [
      "NNCore", "NNGraph", "NNLayers", "NNLosses", "NNOptimizers", "NNMetrics", "NNText",
      "NNData", "NNFormats", "NNTraining",
    ]),
  // What people look at: plots and pages, reports of runs, lessons, the server's pages.
  Room(kind: .cLibrary, name: "CAssets"),
  Room(
    kind: .library, name: "NNDrawing", imports: ["NNCore", "NNFormats", "CAssets"],
    hasAssets: true),
  Room(kind: .library, name: "NNReports", imports: ["NeuralNet", "NNKernels", "NNDrawing"]),
  Room(
    kind: .library, name: "NNLessons", imports: ["NeuralNet", "NNKernels", "NNDrawing"],
    hasAssets: true),
  // The only room with a server; apps do not link it.
  Room(
    kind: .library, name: "NNServer", imports: ["NeuralNet", "NNDrawing", "NNReports"],
    hasAssets: true),
  Room(
    kind: .executable, name: "nntrain",
    imports: [
      "NeuralNet", "NNKernels", "NNDrawing", "NNReports", "NNLessons", "NNServer", argumentParser,
    ]),
  // Without what configs are read with, which takes milliseconds to load.
  Room(
    kind: .executable, name: "nnbench",
    imports: [
      "NNCore", "NNKernels", "NNGraph", "NNLayers", "NNLosses", "NNOptimizers", argumentParser,
    ]),
  Room(kind: .example, name: "Readme", imports: ["NeuralNet"]),
  Room(kind: .example, name: "CharacterModel", imports: ["NeuralNet"]),
  Room(kind: .example, name: "Translation", imports: ["NeuralNet"]),
  Room(kind: .example, name: "Playground", imports: ["NeuralNet"]),
  // Tests mirror the rooms above.
  Room(kind: .testSupport, name: "CTestSupport"),
  Room(kind: .testSupport, name: "NNTestSupport", imports: ["NNCore", "NNFormats"]),
  Room(
    kind: .tests, name: "NNTestSupportTests", imports: ["NNCore", "NNFormats", "NNTestSupport"]),
  Room(kind: .tests, name: "NNCoreTests", imports: ["NNCore", "NNTestSupport"]),
  Room(
    kind: .tests, name: "NNKernelsTests",
    imports: ["NNCore", "NNKernels", "CKernels", "NNTestSupport"]),
  Room(
    kind: .tests, name: "NNFormatsTests", imports: ["NNCore", "NNFormats", "NNTestSupport"],
    hasFixtures: true),
  Room(
    kind: .tests, name: "NNDataTests",
    imports: ["NNCore", "NNData", "NNFormats", "NNText", "NNTestSupport"]),
  Room(
    kind: .tests, name: "NNGraphTests",
    imports: ["NNCore", "NNGraph", "NNKernels", "NNTestSupport"]),
  Room(
    kind: .tests, name: "NNLayersTests",
    imports: ["NNCore", "NNLayers", "NNGraph", "NNTestSupport"]),
  Room(
    kind: .tests, name: "NNLossesTests",
    imports: ["NNCore", "NNLosses", "NNGraph", "NNTestSupport"]),
  Room(
    kind: .tests, name: "NNOptimizersTests",
    imports: ["NNCore", "NNOptimizers", "NNGraph", "NNTestSupport"]),
  Room(kind: .tests, name: "NNMetricsTests", imports: ["NNCore", "NNMetrics", "NNTestSupport"]),
  Room(
    kind: .tests, name: "NNTextTests", imports: ["NNCore", "NNText", "NNFormats", "NNTestSupport"],
    hasFixtures: true),
  Room(
    kind: .tests, name: "NNTrainingTests",
    imports: ["NeuralNet", "NNKernels", "NNTestSupport", "CTestSupport"]),
  Room(
    kind: .tests, name: "ReferenceTests", imports: ["NeuralNet", "NNTestSupport"],
    hasFixtures: true),
  Room(
    kind: .tests, name: "NNDrawingTests",
    imports: ["NNCore", "NNDrawing", "NNFormats", "NNTestSupport"]),
  Room(
    kind: .tests, name: "NNReportsTests",
    imports: ["NeuralNet", "NNDrawing", "NNReports", "NNTestSupport"]),
  Room(
    kind: .tests, name: "NNLessonsTests",
    imports: ["NeuralNet", "NNDrawing", "NNLessons", "NNTestSupport"]),
  Room(
    kind: .tests, name: "NNServerTests", imports: ["NeuralNet", "NNServer", "NNTestSupport"]),
  Room(
    kind: .tests, name: "CommandLineTests",
    imports: ["NeuralNet", "NNKernels", "NNTestSupport"]),
]

let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
]

let systemLibraries: [Target] = [
  .systemLibrary(
    name: "COpenBLAS", path: "Modules/COpenBLAS", pkgConfig: "openblas",
    providers: [.apt(["libopenblas-dev"]), .brew(["openblas"])]),
  .systemLibrary(
    name: "CLAPACKE", path: "Modules/CLAPACKE", pkgConfig: "lapacke",
    providers: [.apt(["liblapacke-dev"]), .brew(["openblas"])]),
  .systemLibrary(
    name: "CZlib", path: "Modules/CZlib", pkgConfig: "zlib",
    providers: [.apt(["zlib1g-dev"])]),
  .systemLibrary(
    name: "CYAML", path: "Modules/CYAML", pkgConfig: "yaml-0.1",
    providers: [.apt(["libyaml-dev"]), .brew(["libyaml"])]),
]

let package = Package(
  name: "NeuralNet",
  platforms: [.macOS(.v15)],
  products: [
    .executable(name: "nntrain", targets: ["nntrain"]),
    .executable(name: "nnbench", targets: ["nnbench"]),
  ]
    + rooms.filter { $0.kind == .library }.map {
      .library(name: $0.name, targets: [$0.name])
    },
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")
  ],
  targets: systemLibraries
    + rooms.map { room in
      switch room.kind {
      case .cLibrary:
        .target(
          name: room.name, dependencies: room.imports,
          cSettings: room.headers.map { .headerSearchPath($0) },
          linkerSettings: [.linkedLibrary("m", .when(platforms: [.linux]))])
      case .library:
        .target(
          name: room.name, dependencies: room.imports,
          exclude: room.hasAssets ? ["Assets"] : [], swiftSettings: strict)
      case .executable:
        .executableTarget(name: room.name, dependencies: room.imports, swiftSettings: strict)
      case .example:
        .executableTarget(
          name: room.name, dependencies: room.imports, path: "docs/examples/\(room.name)",
          swiftSettings: strict)
      case .testSupport:
        .target(
          name: room.name, dependencies: room.imports, path: "Tests/\(room.name)",
          swiftSettings: strict)
      case .tests:
        .testTarget(
          name: room.name, dependencies: room.imports,
          exclude: room.hasFixtures ? ["Fixtures"] : [], swiftSettings: strict)
      }
    },
  swiftLanguageModes: [.v6]
)
