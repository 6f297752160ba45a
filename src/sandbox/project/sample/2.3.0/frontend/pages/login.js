import {main} from "../lib/html.js";

export default function Login() {
	return {title: 'Login', body: main('Login', 'Name and password')};
}
