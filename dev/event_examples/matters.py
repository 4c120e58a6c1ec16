"""The two matters the examples tell: a missed waste collection and unpaid wages."""

REPORT = "report_01m810vbcpe1z8akf38h9qg5s4"
ORDER = "order_01m810vbcpe1z8akf38nzdq7j0"
DISPUTE = "report_01m810vdx2f3kvs1wpq7ahc0zn"
CASE = "case_01m810vbcpe1z8akf38rrrtcn8"
DECISION = "decision_01m810vbcpe1z8akf38xt21pxe"
MANDATE = "decision_01m810vf6be0x9d4mz2kq8s7rt"
RULING = "ruling_01m810vk6r8t0w2y4a6c8e1g3j"
AREA_PATH = ["d01", "d01-s01", "d01-s01-c01", "d01-s01-c01-g01"]
ORDER_OF_REPORT = {"orderId": ORDER, "reportId": REPORT}
WAGES = {"caseId": CASE, "reportId": DISPUTE}
ADVICE = "可依法向人民法院起诉或申请劳动仲裁。"
