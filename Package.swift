// swift-tools-version: 6.2
import PackageDescription

/// One row per module: its kind and what it may import (only modules above it in the table).
struct Module {
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

/// PNG, JPEG and WebP files need libraries that builds without this trait do not.
let imagesTrait = "Images"

func imageLibrary(_ name: String) -> Target.Dependency {
  .target(name: name, condition: .when(traits: [imagesTrait]))
}

let modules: [Module] = [
  // Foundations: values, memory, kernels, files, texts.
  Module(kind: .library, name: "NNCore"),
  // Compiling the loops takes a minute of processor time. Swift modules import only CKernels, so
  // that they need not wait for it.
  Module(
    kind: .cLibrary, name: "CInstructionSets", headers: ["../CKernels", "../CKernels/include"]),
  Module(kind: .cLibrary, name: "CKernels", imports: ["CInstructionSets"]),
  Module(kind: .cLibrary, name: "CProcess"),
  Module(
    kind: .library, name: "NNKernels",
    imports: ["NNCore", "CKernels", "CProcess", "COpenBLAS", "CLAPACKE"]),
  Module(kind: .library, name: "NNFormats", imports: ["NNCore", "CZlib"]),
  Module(kind: .library, name: "NNText", imports: ["NNCore", "NNFormats"]),
  Module(
    kind: .library, name: "NNImages",
    imports: [
      "NNCore", imageLibrary("CPNG"), imageLibrary("CTurboJPEG"), imageLibrary("CWebP"),
    ]),
  Module(kind: .library, name: "NNData", imports: ["NNCore", "NNFormats", "NNText", "NNImages"]),
  // The centre: graph, gradients, plan, session.
  Module(kind: .library, name: "NNGraph", imports: ["NNCore", "NNKernels"]),
  // The parts of networks; none of these calls a kernel.
  Module(kind: .library, name: "NNLayers", imports: ["NNCore", "NNGraph"]),
  Module(kind: .library, name: "NNLosses", imports: ["NNCore", "NNGraph"]),
  Module(kind: .library, name: "NNOptimizers", imports: ["NNCore", "NNGraph"]),
  Module(kind: .library, name: "NNMetrics", imports: ["NNCore", "NNText"]),
  // Runs: config, trainer, checkpoints.
  Module(
    kind: .library, name: "NNTraining",
    imports: [
      "NNCore", "NNGraph", "NNLayers", "NNLosses", "NNOptimizers", "NNMetrics", "NNText",
      "NNData", "NNFormats", "NNImages", "CYAML",
    ]),
  // Trained networks: attacks, certificates, explanations of their steps and outputs.
  Module(
    kind: .library, name: "NNAnalysis",
    imports: [
      "NNCore", "NNGraph", "NNLayers", "NNLosses", "NNOptimizers", "NNMetrics", "NNText",
      "NNData", "NNFormats", "NNTraining",
    ]),
  // Searches over the settings of runs.
  Module(
    kind: .library, name: "NNSearch",
    imports: ["NNCore", "NNFormats", "NNKernels", "NNData", "NNLosses", "NNTraining"]),
  Module(
    kind: .library, name: "NeuralNet",
    imports: [
      "NNCore", "NNGraph", "NNLayers", "NNLosses", "NNOptimizers", "NNMetrics", "NNText",
      "NNImages", "NNData", "NNFormats", "NNTraining", "NNAnalysis", "NNSearch",
    ]),
  // Visualization: plots and pages, reports of runs, lessons, the server's pages.
  Module(kind: .cLibrary, name: "CAssets"),
  Module(
    kind: .library, name: "NNDrawing", imports: ["NNCore", "NNFormats", "CAssets"],
    hasAssets: true),
  Module(kind: .library, name: "NNReports", imports: ["NeuralNet", "NNKernels", "NNDrawing"]),
  Module(
    kind: .library, name: "NNLessons",
    imports: ["NeuralNet", "NNKernels", "NNDrawing", "NNReports"], hasAssets: true),
  // The only module with a server; apps do not link it.
  Module(
    kind: .library, name: "NNServer", imports: ["NeuralNet", "NNDrawing", "NNReports"],
    hasAssets: true),
  Module(
    kind: .executable, name: "nntrain",
    imports: [
      "NeuralNet", "NNKernels", "NNDrawing", "NNReports", "NNLessons", "NNServer", argumentParser,
    ]),
  // Excludes the YAML reader, which adds milliseconds to start-up.
  Module(
    kind: .executable, name: "nnbench",
    imports: [
      "NNCore", "NNKernels", "NNGraph", "NNLayers", "NNLosses", "NNOptimizers", argumentParser,
    ]),
  Module(kind: .example, name: "Readme", imports: ["NeuralNet"]),
  Module(kind: .example, name: "CharacterModel", imports: ["NeuralNet"]),
  Module(kind: .example, name: "EarlyStopping", imports: ["NeuralNet"]),
  Module(kind: .example, name: "GAN", imports: ["NeuralNet"]),
  Module(kind: .example, name: "LBFGS", imports: ["NeuralNet"], hasFixtures: true),
  Module(kind: .example, name: "MultiTask", imports: ["NeuralNet"]),
  Module(kind: .example, name: "OwnLayer", imports: ["NeuralNet"]),
  Module(kind: .example, name: "PolicyGradient", imports: ["NeuralNet"]),
  Module(kind: .example, name: "Siamese", imports: ["NeuralNet"]),
  Module(kind: .example, name: "TransferLearning", imports: ["NeuralNet"], hasFixtures: true),
  Module(kind: .example, name: "Translation", imports: ["NeuralNet"]),
  Module(kind: .example, name: "TwoInputs", imports: ["NeuralNet"]),
  Module(kind: .example, name: "VAE", imports: ["NeuralNet"]),
  Module(kind: .example, name: "Playground", imports: ["NeuralNet"]),
  // Tests mirror the modules above.
  Module(kind: .testSupport, name: "CTestSupport"),
  Module(kind: .testSupport, name: "NNTestSupport", imports: ["NNCore", "NNFormats"]),
  Module(
    kind: .tests, name: "NNTestSupportTests", imports: ["NNCore", "NNFormats", "NNTestSupport"]),
  Module(kind: .tests, name: "NNCoreTests", imports: ["NNCore", "NNTestSupport"]),
  Module(
    kind: .tests, name: "NNKernelsTests",
    imports: ["NNCore", "NNKernels", "CKernels", "NNTestSupport"]),
  Module(
    kind: .tests, name: "NNFormatsTests", imports: ["NNCore", "NNFormats", "NNTestSupport"],
    hasFixtures: true),
  Module(
    kind: .tests, name: "NNImagesTests",
    imports: ["NNCore", "NNImages", "NNFormats", "NNTestSupport"], hasFixtures: true),
  Module(
    kind: .tests, name: "NNDataTests",
    imports: ["NNCore", "NNData", "NNFormats", "NNImages", "NNText", "NNTestSupport"],
    hasFixtures: true),
  Module(
    kind: .tests, name: "NNGraphTests",
    imports: ["NNCore", "NNGraph", "NNKernels", "NNTestSupport"]),
  Module(
    kind: .tests, name: "NNLayersTests",
    imports: ["NNCore", "NNLayers", "NNGraph", "NNTestSupport"]),
  Module(
    kind: .tests, name: "NNLossesTests",
    imports: ["NNCore", "NNLosses", "NNGraph", "NNTestSupport"]),
  Module(
    kind: .tests, name: "NNOptimizersTests",
    imports: ["NNCore", "NNOptimizers", "NNGraph", "NNTestSupport"]),
  Module(kind: .tests, name: "NNMetricsTests", imports: ["NNCore", "NNMetrics", "NNTestSupport"]),
  Module(
    kind: .tests, name: "NNTextTests", imports: ["NNCore", "NNText", "NNFormats", "NNTestSupport"],
    hasFixtures: true),
  Module(
    kind: .tests, name: "NNTrainingTests",
    imports: ["NeuralNet", "NNKernels", "NNTestSupport", "CTestSupport"]),
  Module(
    kind: .tests, name: "NNAnalysisTests", imports: ["NeuralNet", "NNTestSupport"],
    hasFixtures: true),
  Module(
    kind: .tests, name: "NNSearchTests",
    imports: ["NeuralNet", "NNKernels", "NNTestSupport"], hasFixtures: true),
  Module(
    kind: .tests, name: "ReferenceTests", imports: ["NeuralNet", "NNTestSupport"],
    hasFixtures: true),
  Module(
    kind: .tests, name: "NNDrawingTests",
    imports: ["NNCore", "NNDrawing", "NNFormats", "NNTestSupport"]),
  Module(
    kind: .tests, name: "NNReportsTests",
    imports: ["NeuralNet", "NNDrawing", "NNReports", "NNTestSupport"]),
  Module(
    kind: .tests, name: "NNLessonsTests",
    imports: ["NeuralNet", "NNDrawing", "NNLessons", "NNTestSupport"]),
  Module(
    kind: .tests, name: "NNServerTests", imports: ["NeuralNet", "NNServer", "NNTestSupport"]),
  Module(
    kind: .tests, name: "nntrainTests",
    imports: ["NeuralNet", "NNKernels", "NNTestSupport"], hasFixtures: true),
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
  .systemLibrary(
    name: "CPNG", path: "Modules/CPNG", pkgConfig: "libpng",
    providers: [.apt(["libpng-dev"]), .brew(["libpng"])]),
  .systemLibrary(
    name: "CTurboJPEG", path: "Modules/CTurboJPEG", pkgConfig: "libturbojpeg",
    providers: [.apt(["libturbojpeg0-dev"]), .brew(["jpeg-turbo"])]),
  .systemLibrary(
    name: "CWebP", path: "Modules/CWebP", pkgConfig: "libwebp",
    providers: [.apt(["libwebp-dev"]), .brew(["webp"])]),
]

let package = Package(
  name: "NeuralNet",
  platforms: [.macOS(.v15)],
  products: [
    .executable(name: "nntrain", targets: ["nntrain"]),
    .executable(name: "nnbench", targets: ["nnbench"]),
  ]
    + modules.filter { $0.kind == .library }.map {
      .library(name: $0.name, targets: [$0.name])
    },
  traits: [
    .trait(
      name: imagesTrait,
      description: "Reads PNG, JPEG and WebP; needs libpng, libjpeg-turbo (TurboJPEG) and libwebp.")
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")
  ],
  targets: systemLibraries
    + modules.map { module in
      switch module.kind {
      case .cLibrary:
        .target(
          name: module.name, dependencies: module.imports,
          cSettings: module.headers.map { .headerSearchPath($0) },
          linkerSettings: [.linkedLibrary("m", .when(platforms: [.linux]))])
      case .library:
        .target(
          name: module.name, dependencies: module.imports,
          exclude: module.hasAssets ? ["Assets"] : [], swiftSettings: strict)
      case .executable:
        .executableTarget(name: module.name, dependencies: module.imports, swiftSettings: strict)
      case .example:
        .executableTarget(
          name: module.name, dependencies: module.imports, path: "docs/examples/\(module.name)",
          exclude: module.hasFixtures ? ["Fixtures"] : [], swiftSettings: strict)
      case .testSupport:
        .target(
          name: module.name, dependencies: module.imports, path: "Tests/\(module.name)",
          swiftSettings: strict)
      case .tests:
        .testTarget(
          name: module.name, dependencies: module.imports,
          exclude: module.hasFixtures ? ["Fixtures"] : [], swiftSettings: strict)
      }
    },
  swiftLanguageModes: [.v6]
)
