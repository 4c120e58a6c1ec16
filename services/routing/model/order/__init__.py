"""The parts of a work order; the aggregate itself is `model.work_order`."""
