"""What the doors share: the frame of a page, its forms, who may open it, what is said when something goes wrong."""
